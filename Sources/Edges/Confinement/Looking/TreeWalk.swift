import Glibc

/// `find` and `du`: going through a tree, never out of it.
struct TreeWalk {
    private let look: Look
    /// The most names that are looked at.
    private static let mostNames = 1_000_000
    /// The deepest that folders are entered; each has a descriptor open.
    private static let mostDepth = 64

    init(_ look: Look) {
        self.look = look
    }

    func answer(_ tree: borrowing SafeTree, _ answer: inout Answer) throws {
        for path in look.arguments {
            let file = try tree.open(path)
            var walk = Walk(look: look, left: Self.mostNames)
            let name = Array(path.utf8)
            try walk.visit(name, name, file.status, depth: 0, &answer)
            if file.isFolder, walk.enters(0) {
                try walk.enter(try file.reading(), name, file.status.st_dev, depth: 1, &answer)
            }
            if look.verb == "du" { try walk.sum(of: name, walk.blocks, &answer) }
        }
    }

    private struct Walk {
        let look: Look
        var left: Int
        var blocks: UInt64 = 0
        /// Files with several names that were counted.
        var seen: Set<UInt64> = []

        func enters(_ depth: Int) -> Bool {
            depth < TreeWalk.mostDepth && depth < look.number("-maxdepth") ?? Int.max
        }

        mutating func enter(
            _ folder: consuming OwnedDescriptor, _ path: [UInt8], _ device: dev_t, depth: Int,
            _ answer: inout Answer
        ) throws {
            let own = SafeTree.mount(of: folder.number)
            var failure: (any Error)?
            let isRead = FolderNames.each(of: folder.number) { entry in
                do {
                    try visit(entry, in: folder.number, path, device, own, depth, &answer)
                    return true
                } catch {
                    failure = error
                    return false
                }
            }
            if let failure { throw failure }
            if !isRead {
                try answer.complain("\(look.verb): \(Shown.name(path)) is not read whole")
            }
        }

        private mutating func visit(
            _ entry: FolderNames.Entry, in folder: Int32, _ path: [UInt8], _ device: dev_t,
            _ mount: Int?, _ depth: Int, _ answer: inout Answer
        ) throws {
            left -= 1
            guard left > 0 else {
                throw Refusal("look.many", "the tree holds more names than can be gone through")
            }
            var status = stat()
            let name = entry.bytes.map { CChar(bitPattern: $0) } + [0]
            guard fstatat(folder, name, &status, AT_SYMLINK_NOFOLLOW) == 0 else { return }
            let full = path + (path.last == 0x2F ? [] : [0x2F]) + entry.bytes
            let before = blocks
            try visit(full, entry.bytes, status, depth: depth, &answer)
            // What is mounted below is another matter.
            guard status.st_mode & S_IFMT == S_IFDIR, status.st_dev == device, enters(depth) else {
                return
            }
            let opened = openat(folder, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC)
            guard opened >= 0 else {
                return try answer.complain(
                    "\(look.verb): \(Shown.name(full)): \(String(cString: strerror(errno)))")
            }
            let next = OwnedDescriptor(taking: opened)
            guard SafeTree.mount(of: opened) == mount else { return }
            try enter(next, full, device, depth: depth + 1, &answer)
            if look.verb == "du", !look.has("s") { try sum(of: full, blocks - before, &answer) }
        }

        mutating func visit(
            _ path: [UInt8], _ name: [UInt8], _ status: stat, depth: Int, _ answer: inout Answer
        ) throws {
            if look.verb == "du" {
                if status.st_nlink > 1, status.st_mode & S_IFMT != S_IFDIR,
                    !seen.insert(UInt64(status.st_ino)).inserted
                {
                    return
                }
                blocks += UInt64(clamping: status.st_blocks)
            } else if fits(name.split(separator: 0x2F).last.map(Array.init) ?? name, status) {
                try answer.say(Shown.name(path))
            }
        }

        func sum(of path: [UInt8], _ blocks: UInt64, _ answer: inout Answer) throws {
            let size = look.has("h") ? Shown.size(blocks * 512) : String((blocks + 1) / 2)
            try answer.say("\(size)\t\(Shown.name(path))")
        }

        private func fits(_ name: [UInt8], _ status: stat) -> Bool {
            let now = time(nil)
            // Who owns a file sets its time and, with holes, its size to whatever a number holds.
            let age = now.subtractingReportingOverflow(status.st_mtim.tv_sec).partialValue
            for (option, value) in look.options {
                let isMet =
                    switch option {
                    case "-name": NamePattern.fits(name, Array(value.utf8), isFolded: false)
                    case "-iname":
                        NamePattern.fits(name, Array(value.lowercased().utf8), isFolded: true)
                    case "-type": value == Self.kind(status.st_mode)
                    case "-mtime": Self.compares(age / 86_400, value)
                    case "-mmin": Self.compares(Self.up(age, 60), value)
                    case "-size": Self.isSize(Int(status.st_size), value)
                    default: true
                    }
                guard isMet else { return false }
            }
            return true
        }

        private static func kind(_ mode: mode_t) -> String {
            switch mode & S_IFMT {
            case S_IFDIR: "d"
            case S_IFLNK: "l"
            case S_IFREG: "f"
            default: ""
            }
        }

        /// How many units a number takes, the last one begun.
        static func up(_ number: Int, _ unit: Int) -> Int {
            number / unit + (number % unit > 0 ? 1 : 0)
        }

        /// `+7` is more than 7, `-7` less, `7` exactly.
        private static func compares(_ number: Int, _ text: String) -> Bool {
            guard let value = Int(text.drop { $0 == "+" || $0 == "-" }) else { return false }
            switch text.first {
            case "+": return number > value
            case "-": return number < value
            default: return number == value
            }
        }

        private static func isSize(_ bytes: Int, _ text: String) -> Bool {
            let units: [Character: Int] = ["c": 1, "k": 1 << 10, "M": 1 << 20, "G": 1 << 30]
            guard let last = text.last, let unit = units[last] else { return false }
            return compares(up(bytes, unit), String(text.dropLast()))
        }
    }
}
