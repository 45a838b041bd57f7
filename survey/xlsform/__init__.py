"""The same questionnaire as an XLSForm: written for KoboToolbox and ODK, and read back."""
