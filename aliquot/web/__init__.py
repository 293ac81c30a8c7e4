"""Pages for learners and visitors, one module per context. Views only translate."""
