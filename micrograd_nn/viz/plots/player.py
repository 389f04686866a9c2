"""A page that plays pictures: buttons, a slider, keys; no network, no library.

>>> html = page(["data:image/png;base64,AAAA"], ["start"], "A film", "light")
>>> html[:15], html.count("https:")
('<!doctype html>', 0)
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from html import escape

from micrograd_nn.viz.plots.theme import THEMES

MILLISECONDS = 600  # a picture


def page(
    pictures: Sequence[str], captions: Sequence[str], title: str, theme: str
) -> str:
    """One HTML page with everything in it.

    Args:
        pictures: Their addresses, with the data inside.
        captions: One for each, in words, for those who do not see it.
        title: Of the page.
        theme: "light" or "dark".
    """
    colours = THEMES[theme]
    return (
        _PAGE.replace("BACK", colours.back)
        .replace("INK", colours.ink)
        .replace("FOCUS", colours.positive)
        .replace("TITLE", escape(title))
        .replace("FIRST_CAPTION", escape(captions[0]))
        .replace("FIRST_PICTURE", escape(pictures[0]))
        .replace("LAST", str(len(pictures) - 1))
        .replace("PAUSE", str(MILLISECONDS))
        .replace("CAPTIONS", _json(captions))
        .replace("PICTURES", _json(pictures))
    )


def _json(texts: Sequence[str]) -> str:
    # No text can end the script early: the browser never sees a `<` in it.
    return json.dumps(list(texts)).replace("<", "\\u003c")


_PAGE = """\
<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>TITLE</title>
<style>
body { margin: 0; padding: 8px; background: BACK; color: INK;
  font: 15px/1.4 system-ui, sans-serif }
.stage { overflow-x: auto }
img { display: block; width: 100%; min-width: 700px; max-width: 1400px; height: auto;
  margin: auto }
[role=toolbar] { display: flex; flex-wrap: wrap; gap: 6px; align-items: center;
  max-width: 1100px; margin: 8px auto 4px }
button { min-width: 44px; min-height: 36px; font: inherit; color: inherit;
  background: transparent; border: 1px solid currentColor; border-radius: 6px;
  cursor: pointer }
button:disabled { opacity: .4; cursor: default }
input { flex: 1; min-width: 60px; accent-color: FOCUS }
:focus-visible { outline: 3px solid FOCUS; outline-offset: 2px }
p { max-width: 1100px; margin: 4px auto; min-height: 1.4em }
</style>
</head>
<body>
<main>
<div class="stage"><img id="picture" src="FIRST_PICTURE" alt="FIRST_CAPTION"></div>
<div role="toolbar" aria-label="Player">
<button id="first" title="Home key">First</button>
<button id="back" title="Left arrow key">Back</button>
<button id="play" title="Space bar" aria-pressed="false">Play</button>
<button id="next" title="Right arrow key">Next</button>
<button id="last" title="End key">Last</button>
<input id="slider" type="range" min="0" max="LAST" value="0" aria-label="Step">
</div>
<p id="caption" aria-live="polite">FIRST_CAPTION</p>
</main>
<script>
"use strict";
const pictures = PICTURES;
const captions = CAPTIONS;
const last = pictures.length - 1;
const byId = (id) => document.getElementById(id);
const calm = matchMedia("(prefers-reduced-motion: reduce)").matches;
let position = 0;
let timer = null;

function show(wanted) {
  position = Math.min(Math.max(wanted, 0), last);
  byId("picture").src = pictures[position];
  byId("picture").alt = captions[position];
  byId("slider").value = position;
  byId("slider").setAttribute("aria-valuetext", captions[position]);
  byId("caption").textContent = captions[position];
  for (const id of ["first", "back"]) byId(id).disabled = position === 0;
  for (const id of ["next", "last"]) byId(id).disabled = position === last;
}

function stop() {
  clearInterval(timer);
  timer = null;
  byId("play").textContent = "Play";
  byId("play").setAttribute("aria-pressed", "false");
  byId("caption").setAttribute("aria-live", "polite");
}

function play() {
  if (timer) return stop();
  if (position === last) show(0);
  byId("play").textContent = "Pause";
  byId("play").setAttribute("aria-pressed", "true");
  byId("caption").setAttribute("aria-live", "off");
  timer = setInterval(() => {
    show(position + 1);
    if (position === last) stop();
  }, calm ? 3 * PAUSE : PAUSE);
}

function go(wanted) {
  stop();
  show(wanted);
}

byId("first").onclick = () => go(0);
byId("back").onclick = () => go(position - 1);
byId("play").onclick = play;
byId("next").onclick = () => go(position + 1);
byId("last").onclick = () => go(last);
byId("slider").oninput = (event) => go(Number(event.target.value));
const keys = { Home: "first", ArrowLeft: "back", ArrowRight: "next", End: "last" };
document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey) return;
  if (event.target.id !== "slider" && keys[event.key]) byId(keys[event.key]).click();
  else if (event.key === " " && event.target.tagName !== "BUTTON") play();
  else return;
  event.preventDefault();
});
show(0);
</script>
</body>
</html>
"""
