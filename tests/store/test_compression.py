import pytest

from trivet.store.compression import DECODERS, ENCODERS, decoder, encoder

DATA = [b"", b"a", b"xyz" * 100_000, b"", b"end"]


@pytest.mark.parametrize("coding", ENCODERS)
def test_pieces_come_back_in_any_cut(coding):
    _, encode = encoder(coding)
    pressed = b"".join(encode.compress(part) for part in DATA) + encode.flush()
    assert len(pressed) < 10_000
    for cut in (1, 7, len(pressed)):
        decode = decoder(coding)
        pieces = [pressed[at : at + cut] for at in range(0, len(pressed), cut)]
        assert b"".join(map(decode.decompress, pieces)) == b"".join(DATA) and decode.eof


@pytest.mark.parametrize("coding", ENCODERS)
def test_an_empty_answer(coding):
    _, encode = encoder(coding)
    decode = decoder(coding)
    assert decode.decompress(encode.flush()) == b"" and decode.eof


def test_what_is_accepted_and_what_is_not():
    assert encoder("") == ("", None) and encoder("br, identity") == ("", None)
    assert encoder("gzip;q=0.5, br")[0] == "gzip"
    assert encoder("gzip, zstd")[0] == "zstd"
    assert decoder("") is None and decoder("identity") is None
    with pytest.raises(KeyError):
        decoder("br")
    assert set(ENCODERS) == set(DECODERS)
