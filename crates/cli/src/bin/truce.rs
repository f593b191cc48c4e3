//! The binary `truce`; everything it does is in the library.

fn main() -> std::process::ExitCode {
    truce::main()
}
