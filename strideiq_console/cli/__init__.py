"""The command line: one file a family of verbs. Standard output is data, standard error is talk."""
