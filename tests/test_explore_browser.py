"""The explorers in a real browser: static pages, JupyterLab and Notebook."""

import pytest
from browser import browser, jupyter, notebook, watch

import agent_gym as ag
from agent_gym.environment import EpisodeRecord
from agent_gym.explore import EpisodeExplorer, MockerExplorer, TraceExplorer
from agent_gym.trace import Message, ToolCall, Trace, TraceSet

HOSTILE = "</script><script>window.pwned=1</script><img src=x onerror='window.pwned=1'><svg onload='window.pwned=1'><style>*{display:none}</style>\u202e\x1b[31m"


def made(n=60):
    return TraceSet(
        [
            Trace(
                conversation_id=f"conv_{i:05}",
                outcome="resolved" if i % 3 else "escalated",
                satisfaction_score=1 + i % 5,
                metadata={"task_id": i // 2},
                messages=[
                    Message(role="system", content="You help."),
                    Message(role="user", content=f"Please cancel plan {i}"),
                    Message(
                        role="assistant",
                        tool_calls=[
                            ToolCall(id="1", name="lookup_account", arguments={"user_id": f"U{i}"})
                        ],
                    ),
                    Message(
                        role="tool",
                        tool_call_id="1",
                        name="lookup_account",
                        result={"error": "none"} if i % 7 == 0 else [{"plan": "pro", "price": i}],
                        is_error=i % 7 == 0,
                    ),
                    Message(
                        role="assistant", content="It is cancelled." if i % 3 else "I pass you on."
                    ),
                    Message(role="user", content="Bye"),
                ],
            )
            for i in range(n)
        ]
    )


@pytest.fixture(scope="module")
def chrome():
    with browser() as b:
        yield b


def open_page(chrome, path, scheme="light", width=1300, height=900):
    page = chrome.new_page(viewport={"width": width, "height": height}, color_scheme=scheme)
    errors, outside = watch(page)
    page.goto(path.as_uri())
    page.locator(".agx-row").first.wait_for()
    return page, errors, outside


def test_static_page(chrome, tmp_path):
    x = TraceExplorer(made(), labels=None)
    page, errors, outside = open_page(chrome, x.to_html(tmp_path / "x.html"))
    rows, count = page.locator(".agx-row"), page.locator(".agx-count")
    assert (
        "60 of 60 conversations" in count.inner_text() and rows.count() < 40
    )  # only rows in sight exist
    # facets as chips
    page.locator(".agx-menu > summary", has_text="Outcome").click()
    page.locator(".agx-values label", has_text="escalated").click()
    assert "20 of 60" in count.inner_text() and page.locator(".agx-chip").inner_text().startswith(
        "Outcome: escalated"
    )
    page.locator(".agx-chip").click()
    assert "60 of 60" in count.inner_text()
    # a bar of the strip filters
    page.locator(".agx-barg", has_text="escalated").click()
    assert "20 of 60" in count.inner_text()
    page.locator(".agx-chip").click()
    # search marks the hit and scrolls to it
    page.locator(".agx-search").fill("tool:lookup error:no cancel -30")
    page.wait_for_function(
        "document.querySelector('.agx-count').textContent.startsWith('50 of 60')"
    )
    page.locator(".agx-search").fill('"plan 44"')
    page.locator(".agx-hits", has_text="hit 1 of 1").wait_for()
    assert (
        "1 of 60" in count.inner_text()
        and page.locator(".agx-content mark").first.inner_text() == "plan 44"
    )
    assert page.locator(".agx-map i.hit").count() == 1 and page.locator(".turn").first.is_visible()
    page.locator(".agx-chip").click()
    # keys
    page.locator(".agx-list").focus()
    page.keyboard.press("Home")
    page.keyboard.press("j")
    page.keyboard.press("ArrowDown")
    assert page.locator(".agx-row.on b").inner_text() == "conv_00002" and page.locator(
        ".agx-list"
    ).get_attribute("aria-activedescendant")
    page.keyboard.press("k")
    assert page.locator(".agx-row.on b").inner_text() == "conv_00001"
    page.keyboard.press("n")
    page.keyboard.press("n")
    assert page.locator(".agx-at").count() == 1
    page.keyboard.press("e")
    assert page.evaluate(
        "[...document.querySelectorAll('.agx-content details')].every(d => d.open)"
    )
    page.keyboard.press("x")
    assert page.evaluate(
        "[...document.querySelectorAll('.agx-content details')].every(d => !d.open)"
    )
    page.keyboard.press("s")
    assert page.locator(".agx-row.on .warn").count() == 1
    page.keyboard.press("/")
    assert page.evaluate("document.activeElement.className") == "agx-search"
    page.keyboard.press("Escape")
    # siblings
    assert page.locator(".agx-pill").count() == 2
    page.locator(".agx-pill").first.click()
    assert page.locator(".agx-row.on b").inner_text() == "conv_00000"
    page.keyboard.press("?")
    assert page.locator(".agx-help").is_visible()
    assert not errors and not outside


@pytest.mark.parametrize("width", [400, 1600])
def test_nothing_sticks_out(chrome, tmp_path, width):
    page, errors, _ = open_page(
        chrome, TraceExplorer(made(), labels=None).to_html(tmp_path / "x.html"), width=width
    )
    assert page.evaluate("document.documentElement.scrollWidth") <= width and not errors


def luminance(rgb):
    lin = [
        c / 12.92 if c <= 0.03928 else ((c + 0.055) / 1.055) ** 2.4 for c in (v / 255 for v in rgb)
    ]
    return 0.2126 * lin[0] + 0.7152 * lin[1] + 0.0722 * lin[2]


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_contrast_is_aa(chrome, tmp_path, scheme):
    page, _, _ = open_page(
        chrome, TraceExplorer(made(), labels=None).to_html(tmp_path / "x.html"), scheme
    )
    paint = """(sel) => { const c = document.createElement('canvas').getContext('2d', {willReadFrequently: true}); const rgb = (v) => { c.clearRect(0,0,1,1); c.fillStyle = v; c.fillRect(0,0,1,1); return [...c.getImageData(0,0,1,1).data]; };
      return [...document.querySelectorAll(sel)].slice(0, 4).map(e => { let b = e, bg; do { bg = rgb(getComputedStyle(b).backgroundColor); b = b.parentElement; } while (b && bg[3] < 255); if (bg[3] < 255) bg = rgb('%s'); return [rgb(getComputedStyle(e).color), bg]; }); }""" % (
        "#fff" if scheme == "light" else "#121212"
    )
    for sel in (
        ".agx-count",
        ".agx-title",
        ".agx-row b",
        ".agx-glyph",
        ".who",
        ".ag-badge",
        ".agx-btn",
        ".dim",
        ".agx-chip",
        ".ag-text",
    ):
        for fg, bg in page.evaluate(paint, sel):
            a, b = sorted((luminance(fg[:3]), luminance(bg[:3])))
            assert (b + 0.05) / (a + 0.05) >= 4.5, f"{sel} in {scheme}: {fg} on {bg}"


def hostile_traces():
    return TraceSet(
        [
            Trace(
                conversation_id=f"{HOSTILE}{i}",
                outcome=HOSTILE,
                metadata={"task_id": HOSTILE, "format": HOSTILE},
                messages=[
                    Message(role="user", content=HOSTILE),
                    Message(
                        role="assistant",
                        content=HOSTILE,
                        tool_calls=[ToolCall(id="1", name=HOSTILE, arguments={HOSTILE: HOSTILE})],
                    ),
                    Message(
                        role="tool", tool_call_id="1", name=HOSTILE, result=[{HOSTILE: HOSTILE}]
                    ),
                    Message(role="assistant", content=HOSTILE + "x" * 1_000_000),
                ],
            )
            for i in range(2)
        ]
    )


def test_hostile_content_is_text(chrome, tmp_path):
    traces = hostile_traces()
    records = [
        EpisodeRecord(
            i,
            HOSTILE,
            HOSTILE,
            i,
            t,
            0.5,
            "fail",
            HOSTILE,
            parts={HOSTILE: 0.5},
            sources={HOSTILE: 1},
            error=HOSTILE,
        )
        for i, t in enumerate(traces)
    ]
    for k, x in enumerate(
        (
            TraceExplorer(traces, labels=None),
            MockerExplorer(ag.ToolMocker(traces)),
            EpisodeExplorer({HOSTILE: records, "other": records}, labels=None),
        )
    ):
        page, errors, outside = open_page(chrome, x.to_html(tmp_path / f"{k}.html"))
        page.keyboard.press("e")
        for menu in page.locator(".agx-menus .agx-menu > summary").all():
            menu.click()
        page.locator(".agx-search").fill("script")
        page.wait_for_timeout(400)
        assert (
            page.evaluate("window.pwned") is None
            and page.locator("#explorer img, #explorer [onload], #explorer script").count() == 0
        )
        assert page.locator(".agx-row").first.is_visible() and not outside and not errors


SETUP = """
import agent_gym as ag, sys
sys.path.insert(0, {tests!r})
from test_explore_browser import made
traces = made({n})
x = ag.TraceExplorer(traces)
x
"""


GYM = """
import agent_gym as ag, sys
sys.path.insert(0, {tests!r})
from test_explore_browser import made
gym = ag.create_environment(made(24), seed=0)
class Promises:
    def act(self, messages, tools):
        return ag.Message(role="assistant", content="That is done.")
tabs = ag.explore.explore(gym, {{"promises": gym.rollout(Promises(), n=6, progress=False), "replay": gym.rollout(ag.ReplayAgent(gym.traces[0]), n=6, progress=False)}})
e, m = tabs.explorers["episodes"], tabs.explorers["mocker"]
tabs.selected_index = 2
tabs
"""


def run_all(page, url, app):
    page.goto(
        f"{url}/lab/tree/t.ipynb?reset" if app == "lab" else f"{url}/notebooks/t.ipynb",
        wait_until="domcontentloaded",
    )
    page.locator(".jp-Notebook .jp-Cell").first.wait_for(timeout=60_000)
    for _ in range(8):  # what is run before the kernel is ready is dropped
        if app == "lab":
            page.wait_for_function(
                "!!window.jupyterapp?.shell.currentWidget?.sessionContext?.session?.kernel",
                timeout=60_000,
            )
            page.evaluate("() => { window.jupyterapp.commands.execute('notebook:run-all-cells'); }")
        else:
            if page.locator(".jp-Dialog .jp-mod-accept").count():  # such as the choice of a kernel
                page.locator(".jp-Dialog .jp-mod-accept").first.click()
                page.locator(".jp-Dialog").first.wait_for(state="detached")
            page.get_by_text("Run", exact=True).first.click()
            page.get_by_text("Run All Cells", exact=True).first.click()
        page.wait_for_timeout(2500)
        if page.locator(".jp-InputPrompt").first.inner_text().strip() not in ("[ ]:", ""):
            return
    raise AssertionError("the notebook does not run")


def kernel_says(code, folder):
    "What `code` is in the notebook's kernel."
    from jupyter_client import BlockingKernelClient

    client = BlockingKernelClient(connection_file=str(next((folder / "run").glob("kernel-*.json"))))
    client.load_connection_file()
    client.start_channels()
    try:
        reply = client.execute_interactive(
            "pass",
            user_expressions={"v": f"str({code})"},
            timeout=30,
            allow_stdin=False,
            output_hook=lambda m: None,
        )
        said = reply["content"]["user_expressions"]["v"]
        assert said["status"] == "ok", said
        return said["data"]["text/plain"].strip("'\"")
    finally:
        client.stop_channels()


@pytest.mark.parametrize("app", ["lab", pytest.param("notebook", marks=pytest.mark.slow)])
def test_in_jupyter(chrome, tmp_path, app):
    from browser import ROOT

    notebook(
        tmp_path / "t.ipynb",
        [SETUP.format(tests=str(ROOT / "tests"), n=10_000 if app == "lab" else 60), "y = 1"],
    )
    with jupyter(app, tmp_path) as url:
        page = chrome.new_page(viewport={"width": 1500, "height": 1000})
        errors, outside = watch(page)
        run_all(page, url, app)
        page.locator(".agx-row").first.wait_for(timeout=90_000)
        total = "10,000 of 10,000" if app == "lab" else "60 of 60"
        assert total in page.locator(".agx-count").inner_text()
        cells = page.locator(".jp-Notebook .jp-Cell").count()
        page.locator(".agx-list").click(position={"x": 20, "y": 20})
        page.keyboard.press("Home")
        for key in (
            "j",
            "j",
            "b",
            "a",
            "d",
            "d",
            "x",
        ):  # b, a, d d and x edit cells in Jupyter; here they must not
            page.keyboard.press(key)
        page.wait_for_function(
            "document.querySelector('.agx-row.on b')?.textContent === 'conv_00002'"
        )
        assert page.locator(".jp-Notebook .jp-Cell").count() == cells
        page.wait_for_timeout(500)
        assert kernel_says("x.selected.conversation_id", tmp_path) == "conv_00002"
        # search goes through the kernel
        page.locator(".agx-search").fill('"plan 37"')
        page.locator(".agx-content mark").first.wait_for()
        page.wait_for_timeout(300)
        assert int(kernel_says("len(x.filtered)", tmp_path)) == (111 if app == "lab" else 1)
        page.locator(".agx-chip").click()
        # deep link from Python
        kernel_says("x.goto('conv_00044', turn=3)", tmp_path)
        page.wait_for_function(
            "document.querySelector('.agx-row.on b')?.textContent === 'conv_00044' && document.querySelector('.agx-at')"
        )
        page.locator(".agx-list").focus()
        page.keyboard.press("s")
        page.wait_for_timeout(300)
        assert "conv_00044" in kernel_says("x.stars", tmp_path)
        # labels are in a file at once
        page.locator(".agx-reason").fill("it passed the customer on")
        page.locator(".agx-list").focus()
        page.keyboard.press("w")
        page.locator(".agx-news", has_text="1 labels in").wait_for()
        said = (tmp_path / "labels.jsonl").read_text()
        assert '"verdict":"wrong"' in said and "it passed the customer on" in said
        # a filter of Python goes into the search field
        kernel_says("setattr(x, 'query', 'error:yes id:0004')", tmp_path)
        page.wait_for_function("document.querySelector('.agx-search').value.startsWith('error')")
        assert page.locator(".agx-label.wrong").count() <= 1
        ours = [
            e
            for e in errors
            if any(w in e for w in ("agx", "explorer", "anywidget", "agent_gym", "mount"))
        ]
        assert not ours and not outside
        if app == "lab":
            kernel_says("setattr(x, 'query', '')", tmp_path)
            page.wait_for_function(
                "document.querySelector('.agx-count').textContent.startsWith('10,000')"
            )
            timings(page)


def test_episodes_and_the_backend_in_jupyterlab(chrome, tmp_path):
    from browser import ROOT

    table = "from agent_gym.render import block, table\nfrom IPython.display import HTML\n"
    table += "HTML(block(table([['a', 1]], ['tool', 'calls'])))"
    notebook(tmp_path / "t.ipynb", [GYM.format(tests=str(ROOT / "tests")), table])
    with jupyter("lab", tmp_path) as url:
        page = chrome.new_page(viewport={"width": 1500, "height": 1100})
        errors, outside = watch(page)
        run_all(page, url, "lab")
        seen = page.locator(".agx:visible")
        seen.locator("[data-send=fork]").first.wait_for(timeout=90_000)
        seen.locator("[data-send=fork]").nth(0).click()
        seen.locator(".agx-answer", has_text="explorer.forked").wait_for()
        assert kernel_says("e.forked.turn", tmp_path) == "0"
        seen.locator("[data-send=compare]").last.click()
        seen.locator(".agx-answer .agx-grid").wait_for()
        slider = seen.locator("input[data-steps]")
        slider.fill("0")
        assert seen.locator("output").inner_text().startswith("step 0")
        seen.locator(
            ".agx-top rect[data-goto]"
        ).last.click()  # a cell of the overview selects its episode
        page.wait_for_function(
            "[...document.querySelectorAll('.agx-row.on b')].some((b) => b.offsetParent && b.textContent.includes('replay'))"
        )
        page.get_by_text("Mocker", exact=True).click()
        seen.locator(".agx-form input").first.fill("U7")
        seen.locator("[data-send=call]").click()
        seen.locator(".agx-answer", has_text="confidence").wait_for()
        seen.locator(".agx-answer [data-send=reset]").wait_for()
        # Lab's own rules for tables do not win: text stands to the left, numbers to the right
        cells = page.locator(".jp-RenderedHTML td")
        style = "e => [getComputedStyle(e).textAlign, getComputedStyle(e).fontSize]"
        assert [cells.nth(k).evaluate(style)[0] for k in (0, 1)] == ["left", "right"]
        row = page.locator(".jp-RenderedHTML tbody tr").first
        assert row.evaluate("e => getComputedStyle(e).backgroundColor") == "rgba(0, 0, 0, 0)"
        ours = [
            x
            for x in errors
            if any(w in x for w in ("agx", "explorer", "anywidget", "agent_gym", "mount"))
        ]
        assert not ours and not outside


FIVE = """
import agent_gym as ag, sys
sys.path.insert(0, {tests!r})
from agent_gym.sample import sample_traces
from test_compare import side
logs = ag.TraceSet(sample_traces(60, 2))
gym = ag.create_environment(logs)
class Promises:
    name = "promises"
    def act(self, messages, tools):
        return ag.Message(role="assistant", content="That is done.")
played = {{"replay": gym.rollout(ag.ReplayAgent, n=40, progress=False), "promises": gym.rollout(Promises(), n=40, progress=False)}}
found = ag.compare({{"mini": side("mini", [False] * 10 + [True] * 2), "large": side("large", [True] * 12, argument=2)}})
found
"""


def test_five_questions_are_answered_by_clicking(chrome, tmp_path):
    from browser import ROOT

    cells = [
        FIVE.format(tests=str(ROOT / "tests")),
        "pairs = found.explore()\npairs",
        "episodes = ag.EpisodeExplorer(played, gym)\nepisodes",
        "card = gym.report(quick=True)\ncard",
        "x = ag.TraceExplorer(gym.traces, gym)\nx",
    ]
    notebook(tmp_path / "t.ipynb", cells)
    with jupyter("lab", tmp_path) as url:
        page = chrome.new_page(viewport={"width": 1500, "height": 3000})
        errors, outside = watch(page)
        run_all(page, url, "lab")
        cell = lambda k: page.locator(".jp-Notebook .jp-Cell").nth(k)
        # which agent is better?
        cell(0).locator(".jp-RenderedHTML", has_text="is better").wait_for(timeout=120_000)
        # show me where they part: flipped tasks first, both conversations side by side
        pairs = cell(1)
        pairs.locator(".agx-grid").wait_for(timeout=60_000)
        assert "They part at turn" in pairs.locator(".agx-content").inner_text()
        # why did this one fail? a click on a failure gives the reward with its reasons
        episodes = cell(2)
        episodes.locator(".agx-barg", has_text="fail").first.click()
        episodes.locator(".agx-content", has_text="contribution").wait_for(timeout=60_000)
        # what does the gym not know?
        report = cell(3)
        report.locator(".ag-part", has_text="What is a guess").wait_for(timeout=240_000)
        report.locator(".ag-lights li").nth(2).wait_for()
        assert report.locator("progress").count() == 0  # no line is left behind
        # label three, and see what changed
        labels = cell(4)
        labels.locator(".agx-row").first.wait_for(timeout=120_000)
        for k in range(3):
            labels.locator(".agx-row").nth(k).click()
            labels.locator(".agx-row.on").wait_for()
            labels.locator("[data-label=wrong]").click()
            labels.locator(".agx-news", has_text=f"{k + 1} labels in").wait_for(timeout=30_000)
        labels.locator("[data-effect]").click()
        labels.locator(".agx-news", has_text="3 labels turned").wait_for(timeout=240_000)
        assert (tmp_path / "labels.jsonl").read_text().count("wrong") == 3
        ours = [e for e in errors if any(w in e for w in ("agx", "explorer", "agent_gym", "mount"))]
        assert not ours and not outside


def timings(page):
    "Generous bounds (the figures are printed by tools/bench_explore.py): a page that hangs must fail here."
    took = page.evaluate("""async () => { const wait = (f) => new Promise((ok) => { const t = performance.now(); const go = () => f() ? ok(performance.now() - t) : requestAnimationFrame(go); go(); }); const count = () => document.querySelector('.agx-count').textContent;
      const bar = [...document.querySelectorAll('.agx-barg')].find((g) => g.textContent.includes('escalated')); const t0 = performance.now(); bar.dispatchEvent(new MouseEvent('click')); const a = await wait(() => count().startsWith('3,334')); return performance.now() - t0; }""")
    assert took < 1000, f"filtering 10,000 conversations took {took:.0f} ms"
