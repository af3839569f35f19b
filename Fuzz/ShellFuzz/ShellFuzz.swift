import FuzzSupport
import ShellGrammar

/// What libFuzzer calls with each input: a line, and what a program wrote.
///
/// The first byte names the role, the second says where reads are cut; the rest is judged as a line, as
/// keys of the pager and as output. What is accepted is printed as a line that is read as the same words;
/// what a refusal offers is accepted; what is shown is the same wherever it was cut, and never acts.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzz(_ start: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
    feed(start, count) { bytes in
        guard bytes.count > 1 else { return }
        let rest = Array(bytes[2...])
        judgeLine(rest, Roles.all[Int(bytes[0]) % Roles.all.count])
        judgeKeys(rest)
        for mode in OutputSanitiser.Mode.allCases { judgeOutput(rest, cut: Int(bytes[1]), mode) }
    }
}

private func judgeLine(_ line: [UInt8], _ role: Role) {
    let mask = SecretMask()
    switch role.judge(line) {
    case .nothing: hold(line.allSatisfy { $0 == 0x20 }, "a line with words is nothing")
    case .accepted(let found):
        guard case .accepted(let again) = role.judge(found.canonical),
            case .accepted(let direct) = role.judge(words: found.argv)
        else { fatalError("its canonical line is refused: \(found.canonical)") }
        // Byte by byte: Swift's strings are equal when they are only canonically equivalent.
        hold(again.argv.map { Array($0.utf8) } == found.argv.map { Array($0.utf8) }, "other words")
        hold(again == found && direct == found, "another meaning")
        hold(again.canonical == found.canonical, "another canonical line")
        hold(mask.mask(arguments: found.argv).count == found.argv.count, "masking lost a word")
    case .refused(let refusal):
        hold(1...line.count + 1 ~= refusal.column, "the column \(refusal.column)")
        hold(
            refusal.sentence.unicodeScalars.allSatisfy { $0.value >= 0x20 }, "a sentence that acts")
        if let nearest = refusal.nearest {
            guard case .accepted = role.judge(nearest) else {
                fatalError("what is offered is refused: \(nearest)")
            }
        }
    }
    for candidate in Completion(line, in: role).candidates {
        hold(!candidate.text.isEmpty, "an empty candidate")
    }
    if let kept = HistoryLine.stored(line, masking: mask) {
        hold(kept.unicodeScalars.allSatisfy { $0.value >= 0x20 }, "history that acts")
    }
}

private func judgeKeys(_ bytes: [UInt8]) {
    guard let keys = String(validating: bytes, as: UTF8.self) else { return }
    if case .success = PagerKey.judge(keys) {
        hold(keys.utf8.allSatisfy { 0x20...0x7E ~= $0 } && keys.utf8.count <= 81, "other keys")
    }
}

private func judgeOutput(_ bytes: [UInt8], cut: Int, _ mode: OutputSanitiser.Mode) {
    let whole = OutputSanitiser.sanitise(bytes, mode)
    var sanitiser = OutputSanitiser(mode)
    var output: [UInt8] = []
    let step = max(1, cut % 16)
    for start in stride(from: 0, to: bytes.count, by: step) {
        let end = min(start + step, bytes.count)
        sanitiser.receive(bytes[start..<end], appendingTo: &output)
    }
    sanitiser.finish(appendingTo: &output)
    hold(output == whole, "reads that are cut show something else")
    hold(OutputSanitiser.sanitise(whole, mode) == whole, "what is shown is not safe")
    hold(
        (OutputSanitiser.objection(to: bytes) == nil)
            == (OutputSanitiser.sanitise(bytes, .colour) == bytes), "harm that was not told")
}
