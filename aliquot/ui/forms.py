"""How forms look: one renderer for every `{{ form }}`, with labels, hints and errors of our own."""

from django.forms.renderers import TemplatesSetting


class FormRenderer(TemplatesSetting):
    """Renders forms, fields and error lists by the templates in `ui/form/`.

    Widgets keep Django's templates where we have none, so `django.forms` must be installed, after
    `aliquot.ui`.
    """

    form_template_name = "ui/form/form.html"
    field_template_name = "ui/form/field.html"
    formset_template_name = "ui/form/formset.html"
