import AgentMessages
import Glibc

/// Answers from a container's files.
struct FileAnswers {
    let look: Look

    init(_ look: Look) {
        self.look = look
    }

    /// Answers one question.
    func answer(_ tree: borrowing SafeTree, _ answer: inout Answer) throws {
        switch look.verb {
        case "ls": try FolderLists(look).answer(tree, &answer)
        case "find", "du": try TreeWalk(look).answer(tree, &answer)
        case "match", "grep": try LineSearch(look).answer(tree, &answer)
        case "tail": try tail(tree, &answer)
        case "wc": try words(tree, &answer)
        default: try each(tree, &answer) { file, answer in try one(file, &answer) }
        }
    }

    /// Goes through the files that are named; what one of them lacks holds up no other.
    private func each(
        _ tree: borrowing SafeTree, _ answer: inout Answer,
        _ body: (borrowing SafeTree.File, inout Answer) throws -> Void
    ) throws {
        for path in look.arguments {
            do {
                let file = try tree.open(path)
                try body(file, &answer)
            } catch let refusal as Refusal {
                // Nobody reads: nothing more is to be said.
                if refusal.sentence.rule == "look.closed" { throw refusal }
                try answer.complain("\(look.verb): \(refusal.sentence.text)")
            }
        }
    }

    private func words(_ tree: borrowing SafeTree, _ answer: inout Answer) throws {
        var total = Counts()
        try each(tree, &answer) { file, answer in
            let counts = try counts(file)
            total.lines += counts.lines
            total.words += counts.words
            total.bytes += counts.bytes
            try count(counts, Shown.name(file.path.utf8), &answer)
        }
        if look.arguments.count > 1 { try count(total, "total", &answer) }
    }

    private func one(_ file: borrowing SafeTree.File, _ answer: inout Answer) throws {
        switch look.verb {
        case "stat": try describe(file, &answer)
        case "head": try head(file, &answer)
        case "zcat": try Gunzip.decompress(try file.text()) { try answer.write($0) }
        default: try cat(file, &answer)
        }
    }

    private func cat(_ file: borrowing SafeTree.File, _ answer: inout Answer) throws {
        guard look.verb == "cat", look.has("n") else {
            let opened = try file.text()
            while let bytes = try opened.some() { try answer.write(bytes) }
            return
        }
        var number = 0
        try file.text().lines { line in
            number += 1
            try answer.write(Array("\(Shown.right(String(number), 6))\t".utf8) + line + [0x0A])
            return true
        }
    }

    private func head(_ file: borrowing SafeTree.File, _ answer: inout Answer) throws {
        var left = look.number("-n") ?? 10
        try file.text().lines { line in
            guard left > 0 else { return false }
            left -= 1
            try answer.write(line + [0x0A])
            return left > 0
        }
    }

    private func tail(_ tree: borrowing SafeTree, _ answer: inout Answer) throws {
        guard let path = look.arguments.first else { return }
        let lines = look.number("-n") ?? 10
        var file = try tree.open(path)
        var text = try file.text()
        var offset = try text.lastLines(lines) { try answer.write($0) }
        guard look.has("f") || look.has("F") else { return }
        while true {
            try answer.flush()
            // The agent's end ends this process; nothing else is waited for.
            usleep(200_000)
            var status = stat()
            guard fstat(file.handle.number, &status) == 0 else { return }
            if Int(status.st_size) < offset {
                try answer.complain("tail: \(Shown.name(path.utf8)) was cut")
                offset = 0
            }
            while let bytes = try text.some(at: offset) {
                offset += bytes.count
                try answer.write(bytes)
            }
            guard look.has("F") else { continue }
            do {
                let next = try tree.open(path)
                guard next.status.st_ino != status.st_ino, next.isRegular else { continue }
                text = try next.text()
                file = next
                offset = 0
            } catch {
                // It is being replaced.
            }
        }
    }

    private func describe(_ file: borrowing SafeTree.File, _ answer: inout Answer) throws {
        let status = file.status
        try answer.say("  File: \(Shown.name(file.path.utf8))")
        try answer.say(
            "  Size: \(status.st_size)  Blocks: \(status.st_blocks)  Type: \(FileMode.kind(status.st_mode))"
        )
        let mode = String(status.st_mode & 0o7777, radix: 8)
        try answer.say(
            "Access: (\(mode)/\(FileMode.text(status.st_mode)))  Uid: \(status.st_uid)  "
                + "Gid: \(status.st_gid)  Links: \(status.st_nlink)")
        for (name, time) in [
            ("Access", status.st_atim), ("Modify", status.st_mtim), ("Change", status.st_ctim),
        ] {
            try answer.say("\(name): \(Shown.time(time.tv_sec, withSeconds: true)) UTC")
        }
    }

    private struct Counts {
        var lines = 0
        var words = 0
        var bytes = 0
    }

    private func counts(_ file: borrowing SafeTree.File) throws -> Counts {
        var counts = Counts()
        var isInside = false
        let text = try file.text()
        while let bytes = try text.some() {
            counts.bytes += bytes.count
            for byte in bytes {
                if byte == 0x0A { counts.lines += 1 }
                let isBlank = byte == 0x20 || 0x09...0x0D ~= byte
                if !isBlank, !isInside { counts.words += 1 }
                isInside = !isBlank
            }
        }
        return counts
    }

    private func count(_ counts: Counts, _ name: String, _ answer: inout Answer) throws {
        let all = !look.has("l") && !look.has("w") && !look.has("c")
        var parts: [String] = []
        if all || look.has("l") { parts.append(Shown.right(String(counts.lines), 7)) }
        if all || look.has("w") { parts.append(Shown.right(String(counts.words), 7)) }
        if all || look.has("c") { parts.append(Shown.right(String(counts.bytes), 7)) }
        try answer.say(parts.joined(separator: " ") + " " + name)
    }
}
