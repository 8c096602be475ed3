"""Writes `earliest.h5.gz` and `v114.h5.gz` beside this file: the same arrays in the oldest form of the
format, h5py's default, and in that of HDF5 1.14.

    python3 generate.py    (written by h5py 3.16.0 with HDF5 2.0.0, NumPy 2.4.6)
"""

import gzip
import io
import pathlib

import h5py
import numpy

folder = pathlib.Path(__file__).parent

images = numpy.array([[0, 51, 255], [255, 0, 102]], "u1").reshape(2, 1, 3)
floats = (images / 255).reshape(2, 3)
# 100 rows in chunks that do not divide them
many = numpy.tile(floats, (50, 1))

for version in ["earliest", "v114"]:
    memory = io.BytesIO()
    with h5py.File(memory, "w", libver=version) as file:
        file["u8"] = images
        file["i64"] = images.astype("i8")
        file["f32"] = floats.astype("f4")
        file["big"] = floats.astype(">f8")
        file["bool"] = images > 100
        file["half"] = floats.astype("f2")
        file["text"] = numpy.array([b"two", b"zero"])
        file.create_dataset("chunked/plain", data=many, chunks=(32, 2))
        file.create_dataset("chunked/gzip", data=many, chunks=(32, 2), compression="gzip", shuffle=True)
        file.create_dataset("chunked/lzf", data=many, chunks=(32, 2), compression="lzf", fletcher32=True)
        file.create_dataset("chunked/whole", data=many, chunks=many.shape, compression="gzip")
        growing = file.create_dataset("chunked/growing", (0, 3), "f8", maxshape=(None, 3), chunks=(7, 3))
        growing.resize(100, axis=0)
        growing[:] = many
        file["labels/i64"] = numpy.array([2, 0])
        file["labels/f32"] = numpy.array([[2.0], [0.0]], "f4")
        file["labels/many"] = numpy.tile([2, 0], 50)
    with gzip.GzipFile(folder / f"{version}.h5.gz", "wb", mtime=0) as packed:
        packed.write(memory.getvalue())
