"""CryptoNAS, SNL, SENet and PILLAR, small but real, as clients of the oracle."""
