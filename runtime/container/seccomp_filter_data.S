/* The compiled default filter. RUNNER_SECCOMP_FILE is its path in the build tree. */
    .section .rodata
    .balign 8
    .global runner_seccomp_begin
runner_seccomp_begin:
    .incbin RUNNER_SECCOMP_FILE
    .global runner_seccomp_end
runner_seccomp_end:
    .section .note.GNU-stack,"",@progbits
