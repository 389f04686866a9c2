"""The lessons as a site that runs them in the browser: `python -m lite`."""
