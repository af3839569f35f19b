import EngineAPI
import FuzzSupport

/// What libFuzzer calls with each input: a Dockerfile.
///
/// The first byte says where a line of the canonical text is continued. The rest is read as a
/// Dockerfile, as changes of a commit and as a trigger. What is written must read as what was read,
/// and must be written the same again.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzz(_ start: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
    feed(start, count) { bytes in
        guard let first = bytes.first else { return }
        let input = Array(bytes[1...])
        judgeFile(input, cut: Int(first))
        let text = String(decoding: input, as: UTF8.self)
        if let changes = try? ImageChanges(parsing: [text]) {
            let again = try? ImageChanges(parsing: changes.texts)
            hold(again?.texts == changes.texts, "the changes are read as others")
            hold(again?.labels == changes.labels, "the changes set other labels")
        }
        _ = Dockerfile.objection(toTriggers: [text])
    }
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
        fatalError("what was read cannot be written")
    }
    // The engine is given the same arguments.
    guard let again = try? Dockerfile(parsing: text, arguments: arguments) else {
        fatalError("what was written is refused: \(String(decoding: text, as: UTF8.self))")
    }
    let pinned = file.images.map { ids[$0.reference] ?? "" }
    hold(again.images.map(\.reference) == pinned, "other images")
    hold(again.fetches.map(\.address) == file.fetches.map(\.address), "other addresses")
    hold(
        Set(again.labels).subtracting(["other"]) == Set(file.labels).subtracting(["other"]),
        "other labels")
    hold(again.runsSteps == file.runsSteps, "other steps")
    let same = Dictionary(pinned.map { ($0, $0) }) { first, _ in first }
    hold(write(again, same) == write(file, ids), "another canonical text")
    let plain = write(file, ids)
    judgeTriggers(plain)
    guard let continued = continued(plain, at: cut) else { return }
    let third = try? Dockerfile(parsing: continued, arguments: arguments)
    hold(third.map { write($0, same) } == plain, "a continued line reads differently")
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
        hold(Dockerfile.objection(toTriggers: [trigger]) == nil, "our trigger is refused")
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
