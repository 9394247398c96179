"""Drawing, filters, geometry, colours and files in memory, and files that are broken."""

import io

from PIL import Image, ImageChops, ImageDraw, ImageEnhance, ImageFilter, ImageFont, ImageOps
from PIL import UnidentifiedImageError

from bodies import digest, refusal


def picture():
    image = Image.linear_gradient("L").resize((320, 200)).convert("RGB")
    draw = ImageDraw.Draw(image)
    draw.ellipse((20, 20, 140, 120), fill=(200, 30, 30), outline="white", width=3)
    draw.polygon([(180, 150), (300, 180), (240, 40)], fill="#2050a0")
    draw.text((30, 150), "Ophion", font=ImageFont.load_default(24), fill="yellow")
    return image


def filtered(image):
    filters = {
        "blur": ImageFilter.GaussianBlur(3),
        "edges": ImageFilter.FIND_EDGES,
        "median": ImageFilter.MedianFilter(5),
        "kernel": ImageFilter.Kernel((3, 3), [0, -1, 0, -1, 5, -1, 0, -1, 0]),
        "sharp": ImageFilter.UnsharpMask(2, 150, 3),
    }
    return {name: digest(image.filter(chosen).tobytes()) for name, chosen in filters.items()}


def changed(image):
    quantised = image.quantize(16, method=Image.Quantize.MEDIANCUT)
    mapped = image.point(lambda value: 255 - value)
    assert ImageChops.difference(mapped, ImageOps.invert(image)).getbbox() is None
    return {
        "small": digest(image.resize((50, 40), Image.Resampling.LANCZOS).tobytes()),
        "turned": digest(image.rotate(33, Image.Resampling.BICUBIC, expand=True).tobytes()),
        "colours": len(quantised.getcolors()),
        "lab": digest(image.convert("HSV").tobytes()),
        "histogram": sum(image.histogram()[:16]),
        "contrast": digest(ImageEnhance.Contrast(image).enhance(1.7).tobytes()),
        "box": ImageOps.expand(image, 10).getbbox(),
    }


def files(image):
    found = {}
    for kind in ("PNG", "TIFF", "BMP", "WEBP"):
        file = io.BytesIO()
        image.save(file, kind, lossless=True)
        file.seek(0)
        with Image.open(file) as loaded:
            assert loaded.tobytes() == image.tobytes(), kind
            found[kind] = [loaded.format, list(loaded.size)]
    file = io.BytesIO()
    image.save(file, "JPEG", quality=80)
    file.seek(0)
    with Image.open(file) as loaded:
        found["JPEG"] = digest(loaded.convert("L").tobytes())
    frames = [image.rotate(angle) for angle in (0, 10, 20)]
    film = io.BytesIO()
    frames[0].save(film, "GIF", save_all=True, append_images=frames[1:])
    with Image.open(film) as loaded:
        found["frames"] = loaded.n_frames
    cut = Image.open(io.BytesIO(file.getvalue()[:2000]))
    found["cut"] = refusal(OSError, cut.load)[0]
    found["unknown"] = refusal(UnidentifiedImageError, Image.open, io.BytesIO(b"no image"))[0]
    return found


def run():
    image = picture()
    return {
        "picture": digest(image.tobytes()),
        "filtered": filtered(image),
        "changed": changed(image),
        "files": files(image),
    }
