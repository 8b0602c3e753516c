"""A project that installs one app of the suite and the kernel, without its neighbours."""
