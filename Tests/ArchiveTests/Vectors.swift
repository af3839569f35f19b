import Archive
import Foundation
import Testing

/// An archive that another program wrote, and what a third reads in it.
struct Vector: Sendable, CustomStringConvertible {
    let description: String
    let expected: [String]
    let bytes: [UInt8]

    static let all: [Vector] = {
        let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
            .deletingLastPathComponent().appendingPathComponent("Vectors/archive")
        let files = try? FileManager.default.contentsOfDirectory(
            at: folder, includingPropertiesForKeys: nil)
        return (files ?? []).filter { $0.pathExtension == "txt" }
            .sorted { $0.path < $1.path }.compactMap { Vector($0) }
    }()

    private init?(_ file: URL) {
        guard let text = try? String(contentsOf: file, encoding: .utf8) else { return nil }
        let lines = text.split(separator: "\n")
        guard let start = lines.firstIndex(of: "tar:"),
            let data = Data(base64Encoded: lines[(start + 1)...].joined())
        else { return nil }
        description = file.deletingPathExtension().lastPathComponent
        expected = lines[..<start].filter { $0.hasPrefix("expect: ") }.map { String($0.dropFirst(8)) }
        bytes = Array(data)
    }
}

/// What a reader finds in an archive, in the vectors' words; a refusal is the last line.
func listing(_ pieces: [ArraySlice<UInt8>]) -> [String] {
    var reader = TarReader()
    var lines: [String] = []
    var entry: TarEntry?
    var content: [UInt8] = []
    do {
        for piece in pieces {
            var offset = piece.startIndex
            loop: while true {
                switch try reader.step(piece, at: &offset) {
                case .needsMore: break loop
                case .entry(let found):
                    entry = found
                    content = []
                case .content(let range): content += piece[range]
                case .entryEnd: lines.append(entry.map { line($0, content) } ?? "no entry")
                }
            }
        }
        try reader.inputEnded()
    } catch {
        lines.append(error.sentence)
    }
    return lines
}

private func line(_ entry: TarEntry, _ content: [UInt8]) -> String {
    let kind =
        switch entry.kind {
        case .file: "file"
        case .hardLink: "hard-link"
        case .symbolicLink: "symbolic-link"
        case .characterDevice: "character-device"
        case .blockDevice: "block-device"
        case .directory: "directory"
        case .pipe: "pipe"
        }
    var name = entry.name
    if name.count > 1, name.last == 0x2F { name.removeLast() }
    var words = [
        kind, String(entry.mode, radix: 8), "\(entry.userID):\(entry.groupID)",
        quoted(entry.userName) + ":" + quoted(entry.groupName), time(entry.modified), quoted(name),
    ]
    switch entry.kind {
    case .hardLink, .symbolicLink: words += ["->", quoted(entry.linkName)]
    case .characterDevice, .blockDevice:
        words.append("\(entry.device.major),\(entry.device.minor)")
    case .file, .directory, .pipe: break
    }
    words += entry.attributes.map { String(decoding: $0.name, as: UTF8.self) + "=" + quoted($0.value) }
    if entry.kind == .file { words.append("[\(content.count)]" + quoted(Array(content.prefix(40)))) }
    return words.joined(separator: " ")
}

private func time(_ time: TarTime) -> String {
    guard time.nanoseconds > 0 else { return String(time.seconds) }
    let value = Double(time.seconds) + Double(time.nanoseconds) / 1e9
    return "\(value)"
}

private func quoted(_ bytes: [UInt8]) -> String {
    let text = bytes.map { byte in
        0x21...0x7E ~= byte && byte != 0x25
            ? String(UnicodeScalar(byte)) : (byte < 16 ? "%0" : "%") + String(byte, radix: 16)
    }
    return text.isEmpty ? "-" : text.joined()
}

/// What a sieve makes of an archive: everything that it sent on, and its refusal's sentence.
struct Sieved: Equatable, CustomTestStringConvertible {
    var output: [UInt8] = []
    var refusal: String?
    var rule: ArchiveRefusal.Rule?
    var sieve: ArchiveSieve

    init(_ purpose: ArchiveSieve.Purpose, _ pieces: [ArraySlice<UInt8>], limits: ArchiveLimits = .init()) {
        sieve = ArchiveSieve(purpose, limits: limits)
        do throws(ArchiveRefusal) {
            for piece in pieces { output += try sieve.receive(piece) }
            try sieve.inputEnded()
        } catch {
            refusal = error.sentence
            rule = error.rule
        }
    }

    init(_ purpose: ArchiveSieve.Purpose, _ bytes: [UInt8], limits: ArchiveLimits = .init()) {
        self.init(purpose, [bytes[...]], limits: limits)
    }

    /// The output with the archive's end.
    var finished: [UInt8] {
        var sieve = sieve
        return output + sieve.finish()
    }

    var testDescription: String { refusal ?? "\(output.count) bytes" }

    /// What was sent on before a refusal depends on the cut, and is of no use to anybody.
    static func == (one: Sieved, other: Sieved) -> Bool {
        (one.output == other.output || one.refusal != nil) && one.refusal == other.refusal
            && one.sieve.dockerfile == other.sieve.dockerfile
            && one.sieve.dockerignore == other.sieve.dockerignore
            && one.sieve.imageFiles?.documents == other.sieve.imageFiles?.documents
            && one.sieve.imageFiles?.kinds == other.sieve.imageFiles?.kinds
    }
}
