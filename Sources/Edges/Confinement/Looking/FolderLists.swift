import AgentMessages
import Glibc

/// `ls`: what stands in folders.
struct FolderLists {
    private let look: Look
    /// The most names of a folder that are shown.
    private static let mostNames = 20_000

    init(_ look: Look) {
        self.look = look
    }

    func answer(_ tree: borrowing SafeTree, _ answer: inout Answer) throws {
        // Without a path it is told where there is something to see.
        let paths = look.arguments.isEmpty ? look.trees : look.arguments
        for path in paths {
            do {
                let file = try tree.open(path)
                if paths.count > 1, file.isFolder { try answer.say("\(Shown.name(path.utf8)):") }
                try list(file, &answer)
            } catch let refusal as Refusal {
                if refusal.sentence.rule == "look.closed" { throw refusal }
                if !look.arguments.isEmpty { try answer.complain("ls: \(refusal.sentence.text)") }
            }
        }
    }

    private struct Row {
        let name: [UInt8]
        let status: stat
        let target: String?
    }

    private func list(_ file: borrowing SafeTree.File, _ answer: inout Answer) throws {
        guard file.isFolder else {
            return try show(
                [Row(name: Array(file.path.utf8), status: file.status, target: nil)], &answer)
        }
        let folder = try file.reading()
        guard let entries = FolderNames.all(of: folder.number, limit: Self.mostNames) else {
            throw Refusal("look.many", "\(Shown.name(file.path.utf8)) holds more names than 20000")
        }
        var rows: [Row] = []
        for entry in entries where look.has("a") || entry.bytes.first != UInt8(ascii: ".") {
            var status = stat()
            let name = entry.bytes.map { CChar(bitPattern: $0) } + [0]
            guard fstatat(folder.number, name, &status, AT_SYMLINK_NOFOLLOW) == 0 else { continue }
            let isLink = look.has("l") && status.st_mode & S_IFMT == S_IFLNK
            rows.append(
                Row(
                    name: entry.bytes, status: status,
                    target: isLink ? Self.target(folder.number, name) : nil))
        }
        try show(rows, &answer)
    }

    private static func target(_ folder: Int32, _ name: [CChar]) -> String? {
        var bytes = [CChar](repeating: 0, count: 4096)
        let count = readlinkat(folder, name, &bytes, bytes.count)
        return count < 0 ? nil : Shown.name(bytes.prefix(count).map { UInt8(bitPattern: $0) })
    }

    private func show(_ rows: [Row], _ answer: inout Answer) throws {
        var rows = rows.sorted { $0.name.lexicographicallyPrecedes($1.name) }
        if look.has("S") { rows.sort { $0.status.st_size > $1.status.st_size } }
        if look.has("t") {
            rows.sort {
                ($0.status.st_mtim.tv_sec, $0.status.st_mtim.tv_nsec)
                    > ($1.status.st_mtim.tv_sec, $1.status.st_mtim.tv_nsec)
            }
        }
        if look.has("r") { rows.reverse() }
        for row in rows {
            let name = Shown.name(row.name)
            guard look.has("l") else {
                try answer.say(name)
                continue
            }
            let size = UInt64(clamping: row.status.st_size)
            let parts = [
                FileMode.text(row.status.st_mode), Shown.right(String(row.status.st_nlink), 3),
                Shown.right(String(row.status.st_uid), 5),
                Shown.right(String(row.status.st_gid), 5),
                Shown.right(look.has("h") ? Shown.size(size) : String(size), 10),
                Shown.time(row.status.st_mtim.tv_sec), name,
            ]
            try answer.say(
                parts.joined(separator: " ") + (row.target.map { " -> \($0)" } ?? ""))
        }
    }
}
