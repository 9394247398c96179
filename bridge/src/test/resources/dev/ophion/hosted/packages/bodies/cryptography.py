"""AES-GCM, RSA and Ed25519 signatures, key exchange, key derivation, X.509, and what is forged."""

import datetime

from cryptography import x509
from cryptography.exceptions import InvalidSignature, InvalidTag
from cryptography.fernet import Fernet, InvalidToken
from cryptography.hazmat.primitives import hashes, hmac, serialization
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, padding, rsa, x25519
from cryptography.hazmat.primitives.ciphers.aead import AESGCM, ChaCha20Poly1305
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from cryptography.hazmat.primitives.kdf.pbkdf2 import PBKDF2HMAC
from cryptography.x509.oid import NameOID

from bodies import digest, refusal

DATA = b"the quick brown fox" * 1000


def sealed():
    found = {}
    for kind, key in ((AESGCM, bytes(range(16))), (ChaCha20Poly1305, bytes(range(32)))):
        box = kind(key)
        closed = box.encrypt(b"n" * 12, DATA, b"header")
        assert box.decrypt(b"n" * 12, closed, b"header") == DATA
        forged = closed[:-1] + bytes([closed[-1] ^ 1])
        refused = refusal(InvalidTag, box.decrypt, b"n" * 12, forged, b"header")
        found[kind.__name__] = [digest(closed), refused[0]]
    fernet = Fernet(Fernet.generate_key())
    assert fernet.decrypt(fernet.encrypt(DATA)) == DATA
    found["fernet"] = refusal(InvalidToken, fernet.decrypt, b"gAAAAA")[0]
    return found


def rsa_signatures():
    key = rsa.generate_private_key(65537, 2048)
    pss = padding.PSS(padding.MGF1(hashes.SHA256()), padding.PSS.MAX_LENGTH)
    for scheme in (pss, padding.PKCS1v15()):
        signature = key.sign(DATA, scheme, hashes.SHA256())
        key.public_key().verify(signature, DATA, scheme, hashes.SHA256())
    refused = refusal(
        InvalidSignature, key.public_key().verify, signature, b"else", scheme, hashes.SHA256()
    )
    oaep = padding.OAEP(padding.MGF1(hashes.SHA256()), hashes.SHA256(), None)
    assert key.decrypt(key.public_key().encrypt(b"secret", oaep), oaep) == b"secret"
    pem = key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.BestAvailableEncryption(b"pass"),
    )
    again = serialization.load_pem_private_key(pem, b"pass")
    assert again.private_numbers() == key.private_numbers()
    wrong = refusal(ValueError, serialization.load_pem_private_key, pem, b"word")
    return [len(signature), refused[0], wrong[0]]


def derived():
    slow = PBKDF2HMAC(hashes.SHA256(), 32, b"salt", 20_000).derive(b"password")
    fast = HKDF(hashes.SHA512(), 42, b"salt", b"info").derive(b"secret")
    code = hmac.HMAC(b"key", hashes.SHA3_256())
    code.update(DATA)
    return [slow.hex(), digest(fast), code.finalize().hex()]


def exchanged():
    mine = x25519.X25519PrivateKey.from_private_bytes(bytes(range(32)))
    other = x25519.X25519PrivateKey.from_private_bytes(bytes(range(32, 64)))
    secret = mine.exchange(other.public_key())
    assert other.exchange(mine.public_key()) == secret
    curve = ec.derive_private_key(123456789, ec.SECP256R1())
    assert len(curve.exchange(ec.ECDH(), curve.public_key())) == 32
    return [secret.hex(), hex(curve.public_key().public_numbers().x)]


def certificate():
    key = ed25519.Ed25519PrivateKey.from_private_bytes(bytes(range(32)))
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "ophion.example")])
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(2026)
        .not_valid_before(datetime.datetime(2026, 1, 1))
        .not_valid_after(datetime.datetime(2027, 1, 1))
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .add_extension(x509.SubjectAlternativeName([x509.DNSName("a.example")]), critical=False)
        .sign(key, None)
    )
    read = x509.load_pem_x509_certificate(made.public_bytes(serialization.Encoding.PEM))
    read.verify_directly_issued_by(made)
    names = read.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    return {
        "fingerprint": read.fingerprint(hashes.SHA256()).hex(),
        "subject": read.subject.rfc4514_string(),
        "names": names.get_values_for_type(x509.DNSName),
        "wrong": refusal(ValueError, x509.load_der_x509_certificate, b"0\x03")[0],
    }


def run():
    return {
        "sealed": sealed(),
        "rsa": rsa_signatures(),
        "derived": derived(),
        "exchanged": exchanged(),
        "certificate": certificate(),
    }
