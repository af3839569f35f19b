/// Hands one input of libFuzzer's to a harness.
///
/// libFuzzer brings the program's `main`, which calls what each harness exports as
/// `LLVMFuzzerTestOneInput`; `Scripts/fuzz` builds and runs them.
///
/// - Parameters:
///   - start: The input; it belongs to libFuzzer.
///   - count: How many bytes it has.
///   - harness: What is to be done with it.
/// - Returns: What libFuzzer wants to hear.
package func feed(
    _ start: UnsafePointer<UInt8>?, _ count: Int, to harness: ([UInt8]) -> Void
) -> CInt {
    harness(Array(UnsafeBufferPointer(start: start, count: count)))
    return 0
}

/// Ends the program when something does not hold that must: libFuzzer keeps the input.
///
/// Unlike a precondition it says what in a release build, too.
package func hold(_ condition: Bool, _ what: @autoclosure () -> String) {
    if !condition { fatalError(what()) }
}
