import EngineAPI

/// libFuzzer's own loop (its interface for programs that bring their own `main`).
@_silgen_name("LLVMFuzzerRunDriver")
private func runFuzzer(
    _ count: UnsafeMutablePointer<CInt>,
    _ arguments: UnsafeMutablePointer<UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>?>,
    _ body: @convention(c) (UnsafePointer<UInt8>, Int) -> CInt
) -> CInt

/// The package manager gives an executable's `main` this name.
@_cdecl("dockerfile_fuzz_main")
public func start(
    _ count: CInt, _ arguments: UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>?
) -> CInt {
    var count = count
    var arguments = arguments
    return runFuzzer(&count, &arguments, fuzz)
}

/// What libFuzzer calls with each input: `make soak` builds and runs it.
///
/// The first byte says where a line of the canonical text is continued. The rest is read as a
/// Dockerfile, as changes of a commit and as a trigger. What is written must read as what was read,
/// and must be written the same again. A trap or a difference is a finding.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzz(_ start: UnsafePointer<UInt8>, _ count: Int) -> CInt {
    let bytes = Array(UnsafeBufferPointer(start: start, count: count))
    guard let first = bytes.first else { return 0 }
    let input = Array(bytes.dropFirst())
    judgeFile(input, cut: Int(first))
    let text = String(decoding: input, as: UTF8.self)
    if let changes = try? ImageChanges(parsing: [text]) {
        let again = try? ImageChanges(parsing: changes.texts)
        precondition(again?.texts == changes.texts, "the changes are read as others")
        precondition(again?.labels == changes.labels, "the changes set other labels")
    }
    _ = Dockerfile.objection(toTriggers: [text])
    return 0
}

private let arguments: [String: String?] = ["B": "bb:1", "C": "", "N": nil]
private let stamp = [("quaymaster.tenant", "red"), ("other", "a \"$\\`b")]

private func judgeFile(_ input: [UInt8], cut: Int) {
    guard let file = try? Dockerfile(parsing: input, arguments: arguments) else { return }
    var ids: [String: String] = [:]
    for (index, image) in file.images.enumerated() where ids[image.reference] == nil {
        let digits = String(index, radix: 16)
        ids[image.reference] =
            "sha256:" + String(repeating: "0", count: 64 - digits.count) + digits
    }
    guard let text = try? file.text(pinning: ids, labelling: stamp) else {
        preconditionFailure("what was read cannot be written")
    }
    // The engine is given the same arguments.
    guard let again = try? Dockerfile(parsing: text, arguments: arguments) else {
        preconditionFailure("what was written is refused: \(String(decoding: text, as: UTF8.self))")
    }
    let pinned = file.images.map { ids[$0.reference] ?? "" }
    precondition(again.images.map(\.reference) == pinned, "other images")
    precondition(again.fetches.map(\.address) == file.fetches.map(\.address), "other addresses")
    precondition(
        Set(again.labels).subtracting(["other"]) == Set(file.labels).subtracting(["other"]))
    precondition(again.runsSteps == file.runsSteps, "other steps")
    let same = Dictionary(pinned.map { ($0, $0) }) { first, _ in first }
    precondition(write(again, same) == write(file, ids), "another canonical text")
    let plain = write(file, ids)
    judgeTriggers(plain)
    guard let continued = continued(plain, at: cut) else { return }
    let third = try? Dockerfile(parsing: continued, arguments: arguments)
    precondition(third.map { write($0, same) } == plain, "a continued line reads differently")
}

private func write(_ file: Dockerfile, _ ids: [String: String]) -> [UInt8] {
    var lines = (try? file.text(pinning: ids, labelling: stamp)) ?? []
    // Parsed again, the stamp's own "other" is a label of the file.
    let line = Array("LABEL other=".utf8)
    lines = Array(
        lines.split(separator: 0x0A).filter {
            !$0.starts(with: line) && !$0.starts(with: "LABEL quaymaster.".utf8)
        }
        .joined(separator: [0x0A]))
    return lines
}

/// What is written behind `ONBUILD` must be acceptable in the image that is built.
private func judgeTriggers(_ text: [UInt8]) {
    for line in text.split(separator: 0x0A) where line.starts(with: "ONBUILD ".utf8) {
        let trigger = String(decoding: line.dropFirst(8), as: UTF8.self)
        precondition(Dockerfile.objection(toTriggers: [trigger]) == nil, "our trigger is refused")
    }
}

/// The text with a line continued, where that changes nothing.
private func continued(_ text: [UInt8], at cut: Int) -> [UInt8]? {
    let escape: UInt8 = text.starts(with: "# escape=`".utf8) ? 0x60 : 0x5C
    let start = escape == 0x60 ? 11 : 0
    let index = start + (text.count - start) * cut / 256
    guard index > start, index < text.count, text[index - 1] != escape else { return nil }
    let rest = text[index...].drop { $0 == 0x20 || $0 == 0x09 }
    // Not before a comment, not at a line's end, not inside a character.
    guard let next = rest.first, next != 0x23, next != 0x0A, next & 0xC0 != 0x80 else { return nil }
    return text[..<index] + [escape, 0x0A] + text[index...]
}
