"""Screenshots of the explorers in light and dark; needs a Chromium.

python tools/screenshots.py [folder]    # writes PNGs (default: out/screenshots)
"""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "tests"))
from browser import ROOT, browser

import agent_gym as ag

SIZES = {"wide": (1500, 950), "narrow": (420, 900)}


class Careless:
    def act(self, messages, tools):
        return ag.Message(
            role="assistant", content="All done, that has been taken care of. Goodbye!"
        )


def main(folder: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    gym = ag.create_environment(ag.load_traces(ROOT / "data" / "processed" / "traces.jsonl"))
    played = {
        "retrieval": gym.rollout(ag.RetrievalAgent(gym.traces), n=40),
        "careless": gym.rollout(Careless(), n=40),
    }
    episodes = ag.EpisodeExplorer(played, gym, labels=None)
    episodes.goto(next(r["id"] for r in episodes.source.rows if "effect" in r["f"]["source"]))
    mocker = ag.MockerExplorer(gym.tool_mocker)
    mocker.goto(next(s.name for s in gym.tool_mocker.tools.values() if s.kind == "write"))
    traces = ag.TraceExplorer(gym.traces, labels=None)
    traces.goto(next(t.conversation_id for t in gym.traces if any(m.is_error for m in t.messages)))
    with browser() as chrome:
        for name, explorer in {"traces": traces, "episodes": episodes, "mocker": mocker}.items():
            page_path = explorer.to_html(folder / f"{name}.html")
            for theme in ("light", "dark"):
                for size, (w, h) in SIZES.items():
                    page = chrome.new_page(viewport={"width": w, "height": h}, color_scheme=theme)
                    page.goto(page_path.resolve().as_uri())
                    page.locator(".agx-row").first.wait_for()
                    page.wait_for_timeout(200)
                    page.screenshot(path=folder / f"{name}_{size}_{theme}.png")
                    page.close()
            print(f"{name}: {folder / name}_*.png")


if __name__ == "__main__":
    main(Path(sys.argv[1] if len(sys.argv) > 1 else ROOT / "out" / "screenshots"))
