"""A figure with many kinds of plots, rendered by the Agg backend, and its pixels."""

import io

import numpy as np
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.image import imread
from matplotlib.path import Path
from matplotlib.transforms import Affine2D

from bodies import digest, refusal, rounded


def figure():
    rng = np.random.default_rng(23)
    made = Figure(figsize=(8, 6), dpi=80, layout="constrained")
    FigureCanvasAgg(made)
    axes = made.subplots(2, 3)
    t = np.linspace(0, 6, 200)
    axes[0, 0].plot(t, np.sin(t), label=r"$\sin(t)$")
    axes[0, 0].legend()
    axes[0, 1].hist(rng.normal(size=500), bins=20)
    axes[0, 1].set_title("Ophion: é")
    axes[0, 2].imshow(rng.random((20, 20)), cmap="viridis")
    axes[1, 0].contourf(*np.meshgrid(t, t), np.outer(np.sin(t), np.cos(t)), levels=7)
    axes[1, 1].tripcolor(rng.random(40), rng.random(40), rng.random(40))
    axes[1, 2].scatter(rng.random(50), rng.random(50), s=90, alpha=0.5, hatch="//")
    made.colorbar(axes[0, 2].images[0], ax=axes[0, 2])
    return made


def geometry():
    path = Path.unit_circle()
    turned = path.transformed(Affine2D().scale(2, 1).rotate_deg(30))
    inside = path.contains_points([[0, 0], [0.9, 0.9], [-0.5, 0.5]])
    return {
        "inside": inside.tolist(),
        "box": rounded(turned.get_extents().bounds),
        "meets": bool(path.intersects_path(turned, filled=False)),
    }


def run():
    made = figure()
    file = io.BytesIO()
    made.savefig(file, format="png")
    file.seek(0)
    pixels = (imread(file) * 255).round().astype("u1")
    drawn = np.asarray(made.canvas.buffer_rgba())
    assert (drawn == pixels).all()
    vector = io.BytesIO()
    made.savefig(vector, format="svg", metadata={"Date": None})
    return {
        "shape": list(pixels.shape),
        "pixels": digest(pixels.tobytes()),
        "coloured": int((pixels[..., :3] != 255).any(axis=2).sum()),
        "vector": vector.getvalue().startswith(b"<?xml"),
        "geometry": geometry(),
        "refused": refusal(ValueError, made.savefig, file, format="bmp3")[0],
    }
