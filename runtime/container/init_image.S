/* The bytes of runner-init. RUNNER_INIT_FILE is its path in the build tree. */
    .section .rodata
    .balign 16
    .global runner_init_begin
runner_init_begin:
    .incbin RUNNER_INIT_FILE
    .global runner_init_end
runner_init_end:
    .section .note.GNU-stack,"",@progbits
