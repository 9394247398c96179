"""Annotations as values, also where names in them are known to type checkers alone."""


def annotations_of(value):
    """Returns those of a function or class; what cannot be evaluated stays text."""
    try:
        return value.__annotations__
    except Exception:
        import annotationlib

        found = annotationlib.get_annotations(value, format=annotationlib.Format.FORWARDREF)
        return {
            name: part.__forward_arg__ if isinstance(part, annotationlib.ForwardRef) else part
            for name, part in found.items()
        }
