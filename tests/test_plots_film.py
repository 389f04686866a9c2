"""The film of a training run: all views of one moment, in a page without network."""

import json
import random
import re
import shutil

import numpy as np
import pytest

from micrograd_nn.losses import cross_entropy, hinge_loss
from micrograd_nn.nn import MLP, Neuron
from micrograd_nn.optim import SGD, Adam
from micrograd_nn.viz.plots import training_film
from micrograd_nn.viz.plots.player import page

POINTS = [[0.0, 1.0], [1.0, 0.0], [0.5, 0.5]]
SIGNS = [-1, 1, 1]
STEPS = 3


def make_film(**options):
    random.seed(0)
    net = Neuron(2, activation="tanh")
    optimizer = SGD(net.parameters(), lr=0.5, momentum=0.9)
    film = training_film(
        net, hinge_loss, optimizer, POINTS, SIGNS, steps=STEPS, **options
    )
    return film, net, optimizer


@pytest.fixture(scope="module")
def film():
    return make_film(example=1)[0]


def by_hand():
    """The same training, one scalar at a time: what a film must show."""
    random.seed(0)
    net = Neuron(2, activation="tanh")
    optimizer = SGD(net.parameters(), lr=0.5, momentum=0.9)
    moments = []
    for _ in range(STEPS + 1):
        optimizer.zero_grad()
        loss = hinge_loss([net(x) for x in POINTS], SIGNS)
        loss.backward()
        moments.append(
            {
                "loss": loss.data,
                "example_loss": hinge_loss(net(POINTS[1]), SIGNS[1]).data,
                "parameters": [p.data for p in net.parameters()],
                "gradients": [p.grad for p in net.parameters()],
                "momentum_buffer": list(optimizer.state["momentum_buffer"]),
            }
        )
        optimizer.step()
    return moments


def test_all_views_of_a_frame_are_of_the_same_moment(film):
    for step, moment in enumerate(by_hand()):
        frame = film.frame(step)

        for name in ("loss", "example_loss", "parameters", "gradients"):
            assert film.data[name][step] == pytest.approx(moment[name]), name
        buffer = film.data["state"]["momentum_buffer"][step]
        assert buffer == pytest.approx(moment["momentum_buffer"])
        assert [row[1] for row in frame.data["table"]] == pytest.approx(
            moment["parameters"]
        )
        shown = [card.rows[0].text for card in frame.data["scene"].cards]
        assert len(shown) == len(film.data["names"])
        assert frame.data["loss"].tolist() == film.data["loss"][: step + 1].tolist()


def test_the_graph_of_a_frame_has_the_values_and_gradients_of_its_moment(film):
    random.seed(0)
    net = Neuron(2, activation="tanh")
    loss = hinge_loss(net(POINTS[1]), SIGNS[1])
    loss.backward()

    cards = dict(
        zip(film.data["names"], film.frame(0).data["scene"].cards, strict=True)
    )

    exact = [f"{p.data!r}" for p in net.parameters()]
    for name, number in zip(("w[0]", "w[1]", "b"), exact, strict=True):
        assert number in cards[name].title
    assert f"{loss.data!r}" in cards["loss"].title
    assert f"grad = {net.b.grad}" in cards["b"].title


def test_the_scores_of_a_frame_are_those_of_its_parameters(film):
    w0, w1, b = film.data["parameters"][2]
    xs, ys = np.meshgrid(film.data["x"], film.data["y"])

    assert film.data["score"][2, ..., 0] == pytest.approx(
        np.tanh(w0 * xs + w1 * ys + b)
    )


def test_the_next_step_leads_to_the_next_frame(film):
    moves = [row[-1] for row in film.frame(0).data["table"]]

    after = film.data["parameters"][0] + moves
    assert after == pytest.approx(film.data["parameters"][1])
    assert [row[-1] for row in film.frame(STEPS).data["table"]] == [None] * 3


def test_a_film_trains_the_net():
    film, net, optimizer = make_film()

    last = film.data["parameters"][-1].tolist()
    assert [p.data for p in net.parameters()] == last
    assert optimizer.steps == STEPS
    assert (
        repr(film) == f"Film(frames: 4, loss: {film.data['loss'][-1]:.4g} at the end)"
    )


def test_a_net_of_three_classes_can_be_filmed():
    random.seed(0)
    net = MLP(2, [3])
    film = training_film(
        net, cross_entropy, Adam(net.parameters(), lr=0.1), POINTS, [0, 1, 2], steps=1
    )

    assert film.data["score"].shape == (2, 60, 60, 3)
    assert film.frame(1).to_bytes(dpi=20).startswith(b"\x89PNG")
    assert film.data["names"][-1] == "loss"


def test_of_many_parameters_the_table_draws_the_first_and_holds_all():
    random.seed(0)
    net = MLP(2, [3, 1])
    film = training_film(net, hinge_loss, SGD(net.parameters()), POINTS, SIGNS, steps=1)

    frame = film.frame(0)

    words = [text.get_text() for ax in frame.figure.axes for text in ax.texts]
    assert len(frame.data["table"]) == len(net.parameters()) == 13
    assert "1 more" in words
    assert "b[0,2]" in words
    assert "b[1,0]" in film.data["parameter_names"]


def test_training_that_diverges_can_be_filmed():
    random.seed(0)
    net = Neuron(2, nonlin=False)
    optimizer = SGD(net.parameters(), lr=1e308)

    def loss(output, label):
        return (output - label) ** 4

    with pytest.warns(RuntimeWarning, match="gradient through"):
        film = training_film(net, loss, optimizer, POINTS, SIGNS, steps=2)

    assert not np.isfinite(film.data["loss"][-1])
    assert film.frame(2).to_bytes(dpi=20).startswith(b"\x89PNG")


def test_a_gif_has_a_picture_for_each_moment(film, tmp_path):
    from PIL import Image

    with Image.open(film.save(tmp_path / "film.gif")) as image:
        assert image.n_frames == STEPS + 1
        assert image.info["loop"] == 0  # for ever


def test_few_colours_are_as_good_as_many(film, tmp_path):
    import io

    from PIL import Image

    exact = Image.open(io.BytesIO(film.frame(0).to_bytes(dpi=110))).convert("RGB")
    with Image.open(film.save(tmp_path / "film.gif")) as image:
        shown = np.asarray(image.convert("RGB")).astype(int)

    assert abs(shown - np.asarray(exact)).max() <= 16  # of 255


def test_a_page_holds_all_pictures_and_names_no_address(film, tmp_path):
    html = film.save(tmp_path / "film.html").read_text()

    assert (
        len(set(re.findall(r"data:image/png;base64,[\w+/=]{100,}", html))) == STEPS + 1
    )
    assert not re.search(
        r"https?:|//\w|@import|url\(", re.sub(r"base64,[^\"]+", "", html)
    )


def test_a_page_says_in_words_what_each_picture_shows(film, tmp_path):
    html = film.save(tmp_path / "film.html").read_text()

    captions = json.loads(re.search(r"const captions = (\[.*?\]);", html)[1])
    assert len(captions) == STEPS + 1
    assert captions[0].startswith("Step 0 of 3: the loss of all points is ")
    assert f'alt="{captions[0]}"' in html


def test_hostile_captions_stay_text():
    html = page(["data:,"], ["</script><img src=x onerror=alert(1)>"], "<b>", "dark")

    assert html.count("</script>") == 1
    assert "<img src=x" not in html
    assert "<title>&lt;b&gt;</title>" in html


def test_a_notebook_shows_the_page_or_else_the_last_picture(film):
    bundle = film._repr_mimebundle_()

    assert bundle["text/plain"] == repr(film)
    assert 'sandbox="allow-scripts"' in bundle["text/html"]
    assert bundle["text/html"].count("<script>") == 0  # only inside of srcdoc, escaped
    assert re.search(
        r'<img src="data:image/png;base64,[^"]+" alt="Step 3', bundle["text/html"]
    )


def film_of(**wrong):
    net = Neuron(2)
    arguments = {
        "model": net,
        "loss": hinge_loss,
        "optimizer": SGD(net.parameters()),
        "points": POINTS,
        "labels": SIGNS,
    }
    return training_film(**(arguments | wrong))


@pytest.mark.parametrize(
    ("wrong", "error", "message"),
    [
        ({"model": 3}, TypeError, "cannot be filmed: got model=3"),
        ({"loss": 3}, TypeError, "cannot be filmed: got loss=3"),
        ({"optimizer": 3}, TypeError, "cannot be filmed: got optimizer=3"),
        ({"model": Neuron(2)}, ValueError, "not one net: got optimizer with 3 params"),
        ({"points": [[1.0]] * 3}, ValueError, r"points of shape \(3, 1\)"),
        ({"points": np.full((3, 2), np.inf)}, ValueError, "not finite: got points"),
        ({"labels": [1]}, ValueError, "got 1 labels in labels; expected 3"),
        ({"labels": [0, 1, 1]}, ValueError, "not a target of this loss"),
        ({"loss": lambda y, t: 1.0}, TypeError, r"not a loss: got 1.0 \(float\)"),
        ({"loss": lambda y, t: [y]}, TypeError, r"not a loss: got \[Value"),
        ({"steps": 0}, ValueError, "out of range: got steps=0"),
        ({"example": 3}, ValueError, "got example=3 .* from 0 to 2"),
        ({"theme": "auto"}, ValueError, "unknown theme: got theme='auto'"),
        (
            {"max_nodes": 5},
            ValueError,
            "too large to film: got .* Values .*max_nodes=5",
        ),
    ],
)
def test_what_cannot_be_filmed_is_refused_and_not_trained(wrong, error, message):
    with pytest.raises(error, match=message):
        film_of(**wrong)


def test_a_bad_label_is_found_before_anything_is_trained():
    net = Neuron(2)
    before = net.state_dict()

    with pytest.raises(ValueError, match="not a target of this loss"):
        training_film(net, hinge_loss, SGD(net.parameters()), POINTS, [1, 1, 0])

    assert net.state_dict() == before


@pytest.mark.parametrize("step", [-1, 4])
def test_a_frame_that_there_is_not_is_refused(film, step):
    with pytest.raises(IndexError, match=f"no such frame: got step={step}"):
        film.frame(step)


def test_a_film_is_saved_as_a_page_or_a_gif_alone(film, tmp_path):
    with pytest.raises(ValueError, match="unknown format: got format='mp4'"):
        film.save(tmp_path / "film.mp4")

    assert not list(tmp_path.iterdir())


@pytest.mark.slow
def test_a_browser_plays_the_page_with_keys_and_buttons(film, tmp_path):
    playwright = pytest.importorskip("playwright.sync_api")
    chromium = shutil.which("chromium")
    if chromium is None:
        pytest.skip("no chromium")
    path = film.save(tmp_path / "film.html")
    problems, requests = [], []

    with playwright.sync_playwright() as p:
        browser = p.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        tab = browser.new_page()
        tab.on("console", lambda message: problems.append(message.text))
        tab.on("pageerror", lambda error: problems.append(str(error)))
        tab.on("request", lambda request: requests.append(request.url))
        tab.goto(path.as_uri())

        def shown():
            source = tab.get_attribute("#picture", "src")
            return int(tab.text_content("#caption").split()[1]), source

        seen = [shown()]
        tab.click("#next")
        seen.append(shown())
        for key in ("ArrowRight", "End", "ArrowLeft", "Home"):
            tab.keyboard.press(key)
            seen.append(shown())
        assert tab.is_disabled("#back")
        tab.click("#play")
        tab.wait_for_function("document.getElementById('next').disabled")
        seen.append(shown())
        tab.focus("#slider")
        tab.keyboard.press("ArrowLeft")
        seen.append(shown())
        browser.close()

    pictures = dict(seen)
    assert [step for step, _ in seen] == [0, 1, 2, 3, 2, 0, 3, 2]
    assert len(set(pictures.values())) == len(pictures)
    assert all(pictures[step] == source for step, source in seen)
    assert problems == []
    assert [url for url in requests if not url.startswith("data:")] == [path.as_uri()]
