"""``config.toml`` becomes :class:`~strideiq_console.settings.model.Settings`; tokens come from the environment or the keyring."""
