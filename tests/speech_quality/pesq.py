"""PESQ (ITU-T P.862, narrow band, as the MOS-LQO of P.862.1) of sounds against what was said.

pesq.py SAID.wav HEARD.wav...    prints one figure a line: 1 is bad, 4.5 the same sound
"""

import sys
import wave

import numpy
from pesq import pesq

RATE = 8000


def samples(path):
    with wave.open(path) as file:
        assert (file.getframerate(), file.getnchannels(), file.getsampwidth()) == (RATE, 1, 2), path
        return numpy.frombuffer(file.readframes(file.getnframes()), dtype="<i2")


said = samples(sys.argv[1])
for path in sys.argv[2:]:
    print(pesq(RATE, said, samples(path), "nb"), flush=True)
