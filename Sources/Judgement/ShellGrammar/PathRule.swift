/// Which paths a line may name.
///
/// The judgement is of the text alone: whoever opens the path opens it beneath the container's root
/// without magic links (`openat2`), and judges where it led.
package enum PathRule {
    /// What no tree may hold and no tree may lie in: the kernel's files and what is given in secret.
    /// Bans on magic links do not stop `/proc/1/environ`.
    static let forbidden = ["/proc", "/sys", "/dev", "/run/secrets", "/var/run/secrets"]

    /// Judges a path as it was typed.
    ///
    /// - Parameters:
    ///   - word: The word, printable ASCII.
    ///   - trees: The trees that are allowed.
    /// - Returns: The path.
    /// - Throws: `ShellRefusal` at the component that is refused.
    static func judge(_ word: Word, under trees: [String]) throws(ShellRefusal) -> String {
        let path = word.text
        guard path.utf8.first == UInt8(ascii: "/") else {
            throw ShellRefusal(at: word.column, .relativePath(trees))
        }
        if path != "/", let fault = faultyComponent(of: path) {
            throw ShellRefusal(at: word.column(at: fault.offset), .pathComponent(fault.text))
        }
        guard contains(path, trees) else {
            throw ShellRefusal(at: word.column, .pathOutside(trees))
        }
        return path
    }

    /// True when a path that has no faulty component is at or beneath one of the trees.
    package static func contains(_ path: String, _ trees: [String]) -> Bool {
        trees.contains { isBeneath(path, $0) }
    }

    /// True when a path is a tree's own or beneath it, on a component's boundary.
    static func isBeneath(_ path: String, _ tree: String) -> Bool {
        let path = path.utf8
        let tree = tree.utf8
        guard path.starts(with: tree) else { return false }
        return path.count == tree.count || path.dropFirst(tree.count).first == UInt8(ascii: "/")
    }

    /// The first component that is empty, `.` or `..`, and where it begins behind the path's start.
    static func faultyComponent(of path: String) -> (offset: Int, text: String)? {
        var offset = 1
        let components = path.utf8.dropFirst()
            .split(separator: UInt8(ascii: "/"), omittingEmptySubsequences: false)
        for component in components {
            let text = String(Substring(component))
            if text.isEmpty || text == "." || text == ".." { return (offset, text) }
            offset += component.count + 1
        }
        return nil
    }
}
