"""Which stopper color and which words belong to a subject area or a requirement.

A technologist reads a stopper before the label, so specimen colors are the real ones, and what is
no specimen never wears a real tube's color. A child area wears its parent's color, except
coagulation: light blue citrate is a tube of its own.
"""

STOPPERS = (
    "any",
    "safety",
    "ethics",
    "blood_bank",
    "chemistry",
    "hematology",
    "coagulation",
    "microbiology",
    "immunology",
    "molecular",
    "management",
)

_STOPPER_OF_AREA = {
    "safety_lab": "safety",
    "safety_patient": "safety",
    "general_safety": "safety",
    "fl_medical_errors": "safety",
    "legal": "ethics",
    "fl_laws_rules": "ethics",
    "blood_bank_donor": "blood_bank",
    "apheresis": "blood_bank",
    "toxicology": "chemistry",
    "body_fluids": "any",
    "point_of_care": "any",
    "virology": "microbiology",
    "parasitology": "microbiology",
    "mycology": "microbiology",
    "mycobacteriology": "microbiology",
    "histocompatibility": "immunology",
    "cytogenetics": "molecular",
    "admin_supervision": "management",
    "education": "management",
    "quality": "management",
    "informatics": "management",
    "research": "management",
}

_NAMES = {
    "any": "Any area",
    "remainder": "Any area",
    "safety": "Safety",
    "safety_lab": "Laboratory safety",
    "safety_patient": "Patient safety",
    "ethics": "Medical ethics",
    "blood_bank_donor": "Blood donor processing",
    "point_of_care": "Point of care",
    "admin_supervision": "Administration and supervision",
    "anatomic_pathology_general": "General anatomic pathology",
    "macroscopic_exam_cancer_staging": "Macroscopic examination and cancer staging",
    "fl_medical_errors": "Medical errors (Florida)",
    "fl_hiv_aids": "HIV/AIDS (Florida)",
    "fl_laws_rules": "Laws and rules (Florida)",
    "cpr_first_aid": "CPR and first aid",
    "facility_mandatory": "Mandatory facility training",
    "board_meeting_by_telephone": "Board meeting by telephone",
    "other_lab": "Other laboratory subject",
    "other_clinical": "Other clinical subject",
}


def stopper_of(area: object) -> str:
    """The stopper of a subject area or requirement; `any` where it has none of its own."""
    key = str(area or "").replace("-", "_")
    if key in STOPPERS:
        return key
    return _STOPPER_OF_AREA.get(key, "any")


def area_name(area: object) -> str:
    """The words for a subject area or requirement id: `blood_bank` is "Blood bank"."""
    key = str(area or "any")
    return _NAMES.get(key) or key.replace("_", " ").capitalize()
