"""The commands of ``arviomo``, one module a matter. Heavy imports stand inside the commands."""
