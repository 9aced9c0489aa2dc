"""What every service passes by being one."""
