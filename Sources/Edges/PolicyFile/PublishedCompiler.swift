import Acts
import Foundation
import Policy
import Yams

/// Turns the addresses that a level's ports are bound to into a rule.
struct PublishedCompiler {
    private let reader: YAMLReader

    init(_ reader: YAMLReader) {
        self.reader = reader
    }

    /// Reads `publish: [127.0.0.1, 10.0.0.5]`.
    func addresses(_ node: Node) -> PublishedAddresses {
        let list = reader.list(node, "publish").compactMap { entry -> String? in
            let text = reader.text(entry, "an address") ?? ""
            guard Self.isAddress(text), !["0.0.0.0", "::"].contains(text) else {
                reader.report(
                    "\"\(text)\" is no single address", at: entry,
                    hint: "for example 10.0.0.5, or 127.0.0.1 for the host alone")
                return nil
            }
            return text
        }
        if list.isEmpty {
            reader.report(
                "publish names no address", at: node, hint: "ports: [] lets nothing be published")
        }
        return PublishedAddresses(list)
    }

    /// Reports levels that leave a port no address.
    func check(_ own: Level, _ zone: Level, at node: Node) {
        guard let mine = own.publishes, let theirs = zone.publishes,
            mine.and(theirs).list.isEmpty
        else { return }
        reader.report(
            "the level \(own.name) and the tenant's zone, \(zone.name), publish on no address in common",
            at: node, hint: "name one of " + theirs.list.joined(separator: ", "))
    }

    private static func isAddress(_ text: String) -> Bool {
        var bytes = [UInt8](repeating: 0, count: 16)
        return inet_pton(AF_INET, text, &bytes) == 1 || inet_pton(AF_INET6, text, &bytes) == 1
    }
}
