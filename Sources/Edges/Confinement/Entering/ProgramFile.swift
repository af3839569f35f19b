import CLinux
import Glibc

/// A program of a container, opened from outside and never through a path again.
struct ProgramFile: ~Copyable {
    /// The file that is executed: a program, or the interpreter of a script.
    let descriptor: OwnedDescriptor
    /// The words that it gets.
    let words: [String]
    /// Every file on which it depends by its path in the container, without links.
    let paths: [String]
    /// True when it loads libraries.
    let isDynamic: Bool
    /// The file that was named, when that is a script; its digest is what a policy pins.
    private let script: OwnedDescriptor?
    /// The number of the file whose digest counts.
    private let pinned: Int32

    /// Nothing is followed that leads out of the image's own files: volumes, `/proc` and `/dev` are
    /// mounts of their own.
    private static let resolve = RESOLVE_IN_ROOT | RESOLVE_NO_MAGICLINKS | RESOLVE_NO_XDEV

    /// Opens a program.
    ///
    /// - Parameters:
    ///   - name: An absolute path, or a name that is looked for in `search`.
    ///   - words: The words of the line, the first of them as the program sees its name.
    ///   - search: Folders in which names are looked for.
    ///   - root: The container's root.
    /// - Throws: `Refusal` for whatever is no program that the kernel runs by itself, and for scripts
    ///   whose interpreter is none.
    init(_ name: String, words: [String], search: [String], root: Int32) throws {
        let found = try Self.find(name, search, root)
        let path = found.path
        let head = Self.bytes(256, at: 0, of: found.file.number)
        guard head.starts(with: Array("#!".utf8)) else {
            let interpreter = try Self.interpreter(of: found.file.number, path, root)
            descriptor = found.file
            self.words = words
            paths = [path] + (interpreter.map { [$0] } ?? [])
            isDynamic = interpreter != nil
            pinned = descriptor.number
            script = nil
            return
        }
        // What the kernel would do with it, but each file is opened and looked at first.
        var line = try Self.interpreterLine(head, path)
        if line[0].hasSuffix("/env"), line.count == 2,
            !line[1].contains(where: { "=- \t".contains($0) })
        {
            line = [line[1]]
        }
        let program = try Self.find(line[0], search, root)
        let programPath = program.path
        guard !Self.bytes(2, at: 0, of: program.file.number).elementsEqual("#!".utf8) else {
            throw Refusal("program.script", "the interpreter of \(path) is itself a script")
        }
        let interpreter = try Self.interpreter(of: program.file.number, programPath, root)
        descriptor = program.file
        self.words = line + [path] + words.dropFirst()
        paths = [path, programPath] + (interpreter.map { [$0] } ?? [])
        isDynamic = interpreter != nil
        pinned = found.file.number
        script = found.take()
    }

    /// Why it is not what the image holds, or not what is pinned; nil when it is.
    ///
    /// Asked before the program starts and once more when it has: a file that is the image's then was
    /// the image's when it was executed.
    ///
    /// - Parameters:
    ///   - pin: The SHA-256 that the file must have, in hexadecimal digits, or nil.
    ///   - layers: The container's layers; nil when they are not known.
    /// - Returns: The refusal, or nil.
    func change(pin: String?, layers: ImageLayers?) -> Refusal? {
        var paths = self.paths
        if let pin {
            guard Self.digest(of: pinned) == pin else {
                return Refusal("program.pin", "\(paths[0]) is not the file that the policy pins")
            }
            paths.removeFirst()
        }
        guard !paths.isEmpty || isDynamic else { return nil }
        guard let layers else {
            return Refusal(
                "image.storage",
                "whether \(self.paths[0]) is the image's cannot be told with this storage driver; "
                    + "a static program whose digest the policy pins would be allowed")
        }
        for path in paths {
            if let change = layers.change(at: path) { return change }
        }
        return isDynamic ? layers.libraryChange() : nil
    }

    private struct Found: ~Copyable {
        let file: OwnedDescriptor
        /// Its path in the container, without links.
        let path: String

        consuming func take() -> OwnedDescriptor { file }
    }

    private static func find(
        _ name: String, _ search: [String], _ root: Int32
    ) throws -> Found {
        let candidates =
            name.hasPrefix("/")
            ? [name] : search.filter { $0.hasPrefix("/") }.map { "\($0)/\(name)" }
        for candidate in candidates {
            guard let found = OwnedDescriptor(candidate, LINUX_O_PATH, in: root, resolve: resolve)
            else {
                if errno == ENOENT || errno == ENOTDIR { continue }
                throw Refusal(
                    "program.path",
                    "\(candidate) leads out of the image's own files, to a mount or a process")
            }
            var status = stat()
            guard fstat(found.number, &status) == 0, status.st_mode & S_IFMT == S_IFREG,
                let path = SmallFile.link("/proc/self/fd/\(found.number)")
            else {
                throw Refusal("program.kind", "\(candidate) is no file")
            }
            guard
                let opened = OwnedDescriptor("/proc/self/fd/\(found.number)", O_RDONLY | O_NONBLOCK)
            else { throw Refusal.system("program.open", "\(candidate) is not opened") }
            return Found(file: opened, path: path)
        }
        throw Refusal("program.missing", "the container has no program \(name)")
    }

    /// The words after `#!`: the interpreter and at most one more, which is the rest of the line.
    private static func interpreterLine(_ head: [UInt8], _ path: String) throws -> [String] {
        guard let end = head.firstIndex(of: 0x0A) else {
            throw Refusal("program.script", "the first line of the script \(path) is too long")
        }
        let text = String(decoding: head[2..<end], as: UTF8.self)
        let words = text.split(maxSplits: 1) { $0 == " " || $0 == "\t" }
        guard let first = words.first, first.hasPrefix("/") else {
            throw Refusal("program.script", "the script \(path) names no interpreter by its path")
        }
        var rest = words.count > 1 ? words[1] : ""
        while let last = rest.last, last == " " || last == "\t" { rest.removeLast() }
        return [String(first)] + (rest.isEmpty ? [] : [String(rest)])
    }

    /// The path of the program's dynamic loader, without links; nil for a static program.
    private static func interpreter(
        of file: Int32, _ path: String, _ root: Int32
    ) throws -> String? {
        guard let image = ElfHeader(bytes(64, at: 0, of: file)) else {
            throw Refusal("program.kind", "\(path) is neither a program nor a script")
        }
        let headers = bytes(image.headerBytes, at: image.headersAt, of: file)
        guard let place = image.interpreter(in: headers) else { return nil }
        let name = String(
            decoding: bytes(place.count, at: place.lowerBound, of: file).prefix { $0 != 0 },
            as: UTF8.self)
        guard name.hasPrefix("/") else {
            throw Refusal("program.loader", "the loader of \(path) has no absolute path")
        }
        return try find(name, [], root).path
    }

    private static func bytes(_ count: Int, at offset: Int, of file: Int32) -> [UInt8] {
        var bytes = [UInt8](repeating: 0, count: count)
        let read = pread(file, &bytes, count, offset)
        return Array(bytes.prefix(max(0, read)))
    }

    private static func digest(of file: Int32) -> String? {
        var digest = SHA256()
        var buffer = [UInt8](repeating: 0, count: 65_536)
        var offset = 0
        while true {
            let count = pread(file, &buffer, buffer.count, offset)
            guard count >= 0 else { return nil }
            if count == 0 { return digest.hexadecimal() }
            digest.update(buffer[..<count])
            offset += count
        }
    }
}

/// The parts of an ELF file's header that tell its loader (elf(5)).
struct ElfHeader {
    private let isWide: Bool
    private let entryBytes: Int
    private let entries: Int
    /// Where the program headers begin.
    let headersAt: Int

    /// How many bytes they are.
    var headerBytes: Int { entryBytes * entries }

    /// Reads the first 64 bytes; nil when they are no little-endian ELF file's.
    init?(_ head: [UInt8]) {
        guard head.count == 64, head.starts(with: [0x7F, 0x45, 0x4C, 0x46]), head[5] == 1,
            head[4] == 1 || head[4] == 2
        else { return nil }
        isWide = head[4] == 2
        let place = isWide ? Self.number(head, 32, 8) : Self.number(head, 28, 4)
        entryBytes = Self.number(head, isWide ? 54 : 42, 2)
        entries = Self.number(head, isWide ? 56 : 44, 2)
        headersAt = place
        guard entryBytes >= (isWide ? 56 : 32), entryBytes <= 256, entries <= 128, place >= 0,
            place < 1 << 40
        else { return nil }
    }

    /// Where the loader's path stands in the file; nil when there is none.
    func interpreter(in headers: [UInt8]) -> Range<Int>? {
        for index in 0..<entries {
            let start = index * entryBytes
            guard start + entryBytes <= headers.count else { return nil }
            // PT_INTERP
            guard Self.number(headers, start, 4) == 3 else { continue }
            let offset = Self.number(headers, start + (isWide ? 8 : 4), isWide ? 8 : 4)
            let count = Self.number(headers, start + (isWide ? 32 : 16), isWide ? 8 : 4)
            guard offset >= 0, offset < 1 << 40, 0...4096 ~= count else { return 0..<0 }
            return offset..<offset + count
        }
        return nil
    }

    private static func number(_ bytes: [UInt8], _ place: Int, _ count: Int) -> Int {
        var value: UInt64 = 0
        for index in (0..<count).reversed() { value = value << 8 | UInt64(bytes[place + index]) }
        return Int(truncatingIfNeeded: value)
    }
}
