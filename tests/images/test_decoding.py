"""What becomes of a picture's pixels, each worked out by hand."""

import struct
import warnings
import zlib
from io import BytesIO

import numpy as np
import pytest
from PIL import Image

from logit_adjustment_kedro.errors import InputError
from logit_adjustment_kedro.images import Fitting, decode

RED, BLUE, WHITE = [255, 0, 0], [0, 0, 255], [255, 255, 255]
LOSSLESS = {"PNG": {}, "BMP": {}, "GIF": {}, "WEBP": {"lossless": True, "exact": True}}


def encoded(image: Image.Image, name: str = "PNG", **options) -> bytes:
    stream = BytesIO()
    image.save(stream, name, **options)
    return stream.getvalue()


def greys(rows, dtype="uint8") -> Image.Image:
    return Image.fromarray(np.array(rows, dtype))


def colours(rows) -> Image.Image:
    return Image.fromarray(np.array(rows, "uint8"))


def png(width, height, depth, kind, data=b"", extra=b"") -> bytes:
    """A PNG by hand: what Pillow does not write."""

    def chunk(name, body):
        checksum = struct.pack(">I", zlib.crc32(name + body))
        return struct.pack(">I", len(body)) + name + body + checksum

    header = struct.pack(">IIBBBBB", width, height, depth, kind, 0, 0, 0)
    pixels = chunk(b"IDAT", zlib.compress(data))
    start = b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header)
    return start + extra + pixels + chunk(b"IEND", b"")


def decoded(content: bytes, size, channels: int = 3, fit: str = "crop") -> list:
    fitting = Fitting(image_size=size, channels=channels, fit=fit)
    image = decode(content, fitting)
    assert (image.shape, image.dtype) == (fitting.image_shape, "uint8")
    return (image[..., 0] if channels == 1 else image).tolist()


WIDE = encoded(greys([[0, 70, 140, 210], [0, 70, 140, 210]]))


@pytest.mark.parametrize(
    ("content", "size", "fit", "expected"),
    [
        (WIDE, [2, 4], "crop", [[0, 70, 140, 210]] * 2),
        (WIDE, [2, 2], "crop", [[70, 140]] * 2),
        # Each new pixel weighs the old ones by (1 - distance / 2): by 3, 3, 1 of 7.
        (WIDE, [2, 2], "squash", [[50, 160]] * 2),
        (WIDE, [4, 4], "pad", [[0] * 4, [0, 70, 140, 210], [0, 70, 140, 210], [0] * 4]),
        (WIDE, [1, 1], "crop", [[105]]),
        # The window is from 0.5 to 2.5: half a pixel is cut off at either end.
        (encoded(greys([[0, 100, 200]] * 2)), [2, 2], "crop", [[50, 150]] * 2),
        (encoded(greys([[0], [100], [200]])), [1, 1], "crop", [[100]]),
        (encoded(greys([[10], [20]])), [2, 4], "pad", [[0, 10, 0, 0], [0, 20, 0, 0]]),
        (encoded(greys([[0, 100]])), [1, 4], "squash", [[0, 25, 75, 100]]),
        (encoded(greys([[9] * 500])), [2, 2], "pad", [[9, 9], [0, 0]]),
    ],
)
def test_a_picture_is_fitted_in_one_resampling(content, size, fit, expected):
    assert decoded(content, size, channels=1, fit=fit) == expected


@pytest.mark.parametrize("fit", ["crop", "squash", "pad"])
def test_a_picture_of_the_size_asked_for_stays_as_it_is(fit):
    pixels = np.random.default_rng(0).integers(0, 256, (5, 7, 3), dtype=np.uint8)
    assert decoded(encoded(colours(pixels)), [5, 7], fit=fit) == pixels.tolist()


@pytest.mark.parametrize("fit", ["crop", "squash", "pad"])
@pytest.mark.parametrize("size", [(1, 1), (1, 997), (991, 3), (64, 63), (101, 103)])
def test_every_size_is_fitted(size, fit):
    content = encoded(greys(np.full(size, 8)))
    for asked in (1, [1, 31], [32, 3], 67):
        assert np.max(decoded(content, asked, channels=1, fit=fit)) == 8


TURNED = {
    1: [[1, 2, 3], [4, 5, 6]],
    2: [[3, 2, 1], [6, 5, 4]],
    3: [[6, 5, 4], [3, 2, 1]],
    4: [[4, 5, 6], [1, 2, 3]],
    5: [[1, 4], [2, 5], [3, 6]],
    6: [[4, 1], [5, 2], [6, 3]],
    7: [[6, 3], [5, 2], [4, 1]],
    8: [[3, 6], [2, 5], [1, 4]],
}


@pytest.mark.parametrize("orientation", TURNED)
def test_a_picture_is_turned_as_exif_says(orientation):
    exif = Image.Exif()
    exif[0x0112] = orientation
    content = encoded(greys(TURNED[1]), exif=exif)
    expected = TURNED[orientation]
    size = list(np.shape(expected))
    assert decoded(content, size, channels=1) == expected


def test_broken_exif_loses_no_picture():
    content = encoded(greys([[8]]), exif=b"Exif\0\0broken beyond repair")
    assert decoded(content, 1, channels=1) == [[8]]


def test_sixteen_bits_are_scaled_and_never_clipped():
    content = encoded(greys([[0, 128, 129, 257, 32768, 65535]], "uint16"))
    assert decoded(content, [1, 6], channels=1) == [[0, 0, 1, 1, 128, 255]]
    of_colours = png(1, 1, 16, 2, b"\0" + struct.pack(">3H", 65535, 32768, 257))
    assert decoded(of_colours, 1) == [[[255, 128, 1]]]


PALETTE = Image.new("P", (2, 1))
PALETTE.putpalette([*RED, *BLUE])
PALETTE.putpixel((1, 0), 1)
KEY = (
    struct.pack(">I", 2) + b"tRNS\0\x07" + struct.pack(">I", zlib.crc32(b"tRNS\0\x07"))
)


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        (encoded(PALETTE), [RED, BLUE]),
        (encoded(PALETTE, transparency=1), [RED, WHITE]),
        (encoded(PALETTE, transparency=b"\xff\x7f"), [RED, [128, 128, 255]]),
        (encoded(PALETTE, "GIF", transparency=1), [RED, WHITE]),
        (encoded(colours([[RED, BLUE]]), transparency=(0, 0, 255)), [RED, WHITE]),
        (
            encoded(colours([[[255, 0, 0, 128], [0, 0, 0, 0]]])),
            [[255, 127, 127], WHITE],
        ),
        (encoded(greys([[0, 255]]).convert("LA")), [[0] * 3, WHITE]),
        (encoded(greys([[0, 255]]).convert("1")), [[0] * 3, WHITE]),
        (png(2, 1, 16, 0, b"\0\0\x07\x08\0", KEY), [WHITE, [8] * 3]),
    ],
    ids=range(9),
)
@pytest.mark.filterwarnings("error")
def test_palettes_and_transparency_become_colours_over_white(content, expected):
    assert decoded(content, [1, 2]) == [expected]


def test_colours_become_greys_by_their_luminance():
    content = encoded(colours([[RED, [0, 255, 0], BLUE, WHITE]]))
    assert decoded(content, [1, 4], channels=1) == [[76, 150, 29, 255]]


def test_inks_become_colours():
    cmyk = encoded(Image.new("CMYK", (8, 8), (0, 255, 255, 0)), "JPEG", quality=100)
    np.testing.assert_allclose(decoded(cmyk, 1), [[RED]], atol=2)
    np.testing.assert_allclose(decoded(cmyk, 1, channels=1), [[76]], atol=2)
    # In the other encoding of inks, 55, 127, 127 are a grey of 55.
    greyish = encoded(Image.new("CMYK", (8, 8), (55, 127, 127, 0)), "JPEG", quality=100)
    transform = greyish.index(b"Adobe") + 11
    ycck = greyish[:transform] + b"\2" + greyish[transform + 1 :]
    np.testing.assert_allclose(decoded(ycck, 1), [[[55, 55, 55]]], atol=2)


@pytest.mark.parametrize("name", LOSSLESS)
def test_every_format_gives_the_same_pixels(name):
    content = encoded(colours([[RED, BLUE], [BLUE, WHITE]]), name, **LOSSLESS[name])
    assert decoded(content, 2) == [[RED, BLUE], [BLUE, WHITE]]
    assert decode(BytesIO(content), Fitting(image_size=2)).tolist() == [
        [RED, BLUE],
        [BLUE, WHITE],
    ]


@pytest.mark.parametrize("name", ["GIF", "PNG", "WEBP"])
def test_the_first_frame_counts(name):
    frames = [Image.new("RGB", (4, 4), colour) for colour in ("red", "blue", "lime")]
    options = {"save_all": True, "append_images": frames[1:], "duration": 50}
    content = encoded(frames[0], name, **options, **LOSSLESS[name])
    assert Image.open(BytesIO(content)).n_frames == 3
    assert decoded(content, 1) == [[RED]]


def fault_of(content: bytes) -> str:
    with pytest.raises(InputError) as failure:
        decode(content, Fitting())
    assert "\n" not in str(failure.value)
    return str(failure.value)


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (b"", "Expected a JPEG, PNG, GIF, WebP or BMP. Received: an empty file"),
        (b"\0\0\0\x18ftypheic", r"begins with b'\x00\x00\x00\x18ftypheic'"),
        (encoded(greys([[1]]), "TIFF"), "begins with b'II*"),
        (WIDE[:20], "whole picture. Received: a damaged PNG: Truncated File Read"),
        (png(0, 5, 8, 0), "a damaged PNG: its header cannot be read, or says that it"),
    ],
    ids=["empty", "heic", "tiff", "header", "zero"],
)
def test_what_is_no_picture_is_refused(content, told):
    assert told in fault_of(content)


NOISE = np.random.default_rng(0).integers(0, 256, (40, 30, 3), dtype=np.uint8)


@pytest.mark.parametrize("name", [*LOSSLESS, "JPEG"])
def test_a_picture_cut_short_is_refused(name):
    content = encoded(colours(NOISE), name)
    told = fault_of(content[: len(content) * 2 // 3])
    told_first = f"Expected a whole picture. Received: a damaged {name} of 30x40 pixels"
    assert told.startswith(told_first) or name == "WEBP"


@pytest.mark.parametrize("name", [*LOSSLESS, "JPEG"])
def test_damage_is_told_in_one_line_or_not_seen(name):
    random = np.random.default_rng(0)
    content = np.frombuffer(encoded(colours(NOISE), name), np.uint8)
    with warnings.catch_warnings(action="ignore"):
        for _ in range(150):
            damaged = content.copy()
            places = random.integers(0, len(content), 3)
            places[0] %= 60  # one of them in the header
            damaged[places] = random.integers(0, 256, 3)
            try:
                assert decode(damaged.tobytes(), Fitting()).shape == (32, 32, 3)
            except InputError as fault:
                assert "\n" not in str(fault)


@pytest.mark.parametrize("size", [(9_500, 9_500), (60_000, 60_000)])
@pytest.mark.parametrize("action", ["ignore", "error"])
def test_a_decompression_bomb_is_refused_by_its_header(size, action):
    with warnings.catch_warnings(action=action):
        told = fault_of(png(*size, 8, 2))
    assert told.startswith("Expected a picture of at most 89,478,485 pixels. Received:")


@pytest.mark.parametrize(
    ("wrong", "told"),
    [
        ({"image_size": 0}, "image_size.0: Input should be greater than or equal to 1"),
        ({"image_size": [32, 1025]}, "image_size.1: .* less than or equal to 1024"),
        ({"image_size": True}, "image_size.0: Input should be a valid integer"),
        ({"image_size": [32.0, 32]}, "image_size.0: Input should be a valid integer"),
        ({"image_size": "32"}, "image_size: Input should be a valid tuple"),
        ({"image_size": None}, "image_size: Input should be a valid tuple"),
        ({"image_size": [1, 2, 3]}, "image_size: .* at most 2 items"),
        ({"image_size": [1]}, "image_size.1: "),
        ({"channels": 4}, "channels: Input should be 1 or 3"),
        ({"fit": "stretch"}, "fit: Input should be 'crop', 'pad' or 'squash'"),
    ],
)
def test_what_is_no_fitting_is_refused(wrong, told):
    with pytest.raises(ValueError, match=f"^{told}") as failure:
        Fitting.model_validate(wrong)
    assert "\n" not in str(failure.value)


def test_a_single_number_stands_for_both_sides():
    assert Fitting().image_shape == (32, 32, 3)
    assert Fitting(image_size=8, channels=1).image_shape == (8, 8, 1)
    assert Fitting(image_size=[8, 9]) == Fitting(image_size=(8, 9))
