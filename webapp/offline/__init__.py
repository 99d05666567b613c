"""The service as an app on a phone: manifest, service worker, what is readable without a network."""
