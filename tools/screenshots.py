"""Screenshots of everything a user looks at, in light and dark, wide and narrow; needs a Chromium.

python tools/screenshots.py [folder]    # writes PNGs (default: out/screenshots)

Ends with status 1 where a page logs an error, asks the network, or is wider than its window.
"""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "tests"))
from browser import ROOT, browser, watch

import agent_gym as ag
from agent_gym.render import page as page_of
from agent_gym.report import report

SIZES = {"wide": (1600, 1000), "narrow": (420, 900)}
SETTLE = 300  # milliseconds before a picture is taken
LOGS = 150  # conversations shown and learned from


class Careless:
    def act(self, messages, tools):
        said = "All done, that has been taken care of. Goodbye!"
        return ag.Message(role="assistant", content=said)


def pages(folder: Path) -> dict[str, Path]:
    "The pages to look at, by name."
    traces = ag.load_traces(ROOT / "data" / "processed" / "traces.jsonl", progress=False)[:LOGS]
    gym = ag.create_environment(traces)
    played = {
        "retrieval": gym.rollout(ag.RetrievalAgent(gym.traces), n=40),
        "careless": gym.rollout(Careless(), n=40),
    }
    found = ag.compare(played, reward=gym)
    shown = {
        "traces": ag.TraceExplorer(gym.traces, labels=None),
        "episodes": ag.EpisodeExplorer(played, gym, labels=None),
        "mocker": ag.MockerExplorer(gym.tool_mocker),
        "pairs": found.explore(),
    }
    out = {name: x.to_html(folder / f"{name}.html") for name, x in shown.items()}
    out["report"] = folder / "report.html"
    report(gym, quick=True, name="the sample logs").to_html(out["report"])
    out["comparison"] = folder / "comparison.html"
    out["comparison"].write_text(page_of("Comparison", found._repr_html_()), "utf-8")
    return out


def take(folder: Path) -> list[str]:
    "Write the pictures; what is wrong with the pages, one sentence each."
    folder.mkdir(parents=True, exist_ok=True)
    wrong = []
    with browser() as chrome:
        for name, path in pages(folder).items():
            for theme in ("light", "dark"):
                for size, (w, h) in SIZES.items():
                    view = chrome.new_page(viewport={"width": w, "height": h}, color_scheme=theme)
                    errors, outside = watch(view)
                    view.goto(path.resolve().as_uri())
                    view.wait_for_timeout(SETTLE)
                    view.screenshot(path=folder / f"{name}_{size}_{theme}.png")
                    if view.evaluate("document.documentElement.scrollWidth") > w:
                        wrong.append(f"{name} is wider than {w} pixels")
                    wrong += [f"{name}: {e}" for e in (*errors, *outside)]
                    view.close()
            print(f"{name}: {folder / name}_*.png")
    return wrong


if __name__ == "__main__":
    found = take(Path(sys.argv[1] if len(sys.argv) > 1 else ROOT / "out" / "screenshots"))
    sys.exit("\n".join(found) or None)
