import Glibc

extension SafeTree.File {
    /// The file's bytes; only regular files have some.
    func text() throws -> FileText {
        guard isRegular else {
            throw Refusal(
                "look.kind",
                "\(Shown.name(path.utf8)) is \(isFolder ? "a folder" : "no regular file")")
        }
        return FileText(try reading())
    }
}

/// The bytes of an open file, read piece by piece.
struct FileText: ~Copyable {
    private let descriptor: OwnedDescriptor
    private static let pieceBytes = 65_536
    /// The longest line that is handed on whole.
    static let longestLine = 1 << 20
    /// How far back the last lines are looked for.
    private static let mostBack = 16 << 20

    init(_ descriptor: consuming OwnedDescriptor) {
        self.descriptor = descriptor
    }

    /// The next piece; nil at the end.
    func some() throws -> [UInt8]? {
        var buffer = [UInt8](repeating: 0, count: Self.pieceBytes)
        let count = read(descriptor.number, &buffer, buffer.count)
        guard count >= 0 else { throw Refusal.system("look.read", "it is not read") }
        return count == 0 ? nil : Array(buffer[..<count])
    }

    /// The piece that begins at a place; nil at the end.
    func some(at offset: Int) throws -> [UInt8]? {
        var buffer = [UInt8](repeating: 0, count: Self.pieceBytes)
        let count = pread(descriptor.number, &buffer, buffer.count, offset)
        guard count >= 0 else { throw Refusal.system("look.read", "it is not read") }
        return count == 0 ? nil : Array(buffer[..<count])
    }

    /// Goes through the lines, without their ends; `body` ends it by false. A line that is too long is
    /// cut into several.
    consuming func lines(_ body: ([UInt8]) throws -> Bool) throws {
        var line: [UInt8] = []
        while let bytes = try some() {
            for byte in bytes {
                if byte != 0x0A { line.append(byte) }
                if byte == 0x0A || line.count == Self.longestLine {
                    guard try body(line) else { return }
                    line.removeAll(keepingCapacity: true)
                }
            }
        }
        if !line.isEmpty { _ = try body(line) }
    }

    /// Hands on the last lines.
    ///
    /// - Returns: Where they end.
    func lastLines(_ count: Int, _ body: ([UInt8]) throws -> Void) throws -> Int {
        var status = stat()
        guard fstat(descriptor.number, &status) == 0 else {
            throw Refusal.system("look.read", "it is not read")
        }
        let end = Int(status.st_size)
        var start = end
        var found = 0
        search: while start > 0, end - start < Self.mostBack {
            let begin = max(0, start - Self.pieceBytes)
            var buffer = [UInt8](repeating: 0, count: start - begin)
            guard pread(descriptor.number, &buffer, buffer.count, begin) == buffer.count else {
                throw Refusal("look.read", "it changes while it is read")
            }
            for index in buffer.indices.reversed() where buffer[index] == 0x0A {
                // The end of the last line ends none before it.
                if begin + index == end - 1 { continue }
                found += 1
                if found == count {
                    start = begin + index + 1
                    break search
                }
            }
            start = begin
        }
        var offset = start
        while offset < end, let bytes = try some(at: offset) {
            let kept = Array(bytes.prefix(end - offset))
            offset += kept.count
            try body(kept)
        }
        return offset
    }
}

/// Modes of files as ls(1) shows them.
enum FileMode {
    /// `drwxr-xr-x`
    static func text(_ mode: mode_t) -> String {
        let letters = Array("rwxrwxrwx")
        var text = [letter(mode)]
        for index in 0..<9 {
            text.append(mode & (0o400 >> mode_t(index)) != 0 ? letters[index] : "-")
        }
        if mode & 0o4000 != 0 { text[3] = text[3] == "x" ? "s" : "S" }
        if mode & 0o2000 != 0 { text[6] = text[6] == "x" ? "s" : "S" }
        if mode & 0o1000 != 0 { text[9] = text[9] == "x" ? "t" : "T" }
        return String(text)
    }

    /// The letter of a kind of file.
    static func letter(_ mode: mode_t) -> Character {
        switch mode & S_IFMT {
        case S_IFDIR: "d"
        case S_IFLNK: "l"
        case S_IFIFO: "p"
        case S_IFSOCK: "s"
        case S_IFCHR: "c"
        case S_IFBLK: "b"
        default: "-"
        }
    }

    /// A kind of file in words.
    static func kind(_ mode: mode_t) -> String {
        switch mode & S_IFMT {
        case S_IFDIR: "directory"
        case S_IFLNK: "symbolic link"
        case S_IFIFO: "fifo"
        case S_IFSOCK: "socket"
        case S_IFCHR, S_IFBLK: "device"
        default: "regular file"
        }
    }
}
