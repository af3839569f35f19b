import Foundation
import Yams

extension ConfigurationFile {
    /// A port of an address.
    package struct Endpoint: Hashable, Sendable {
        /// The address, without brackets.
        package let address: String
        /// True for IPv6.
        package let isIPv6: Bool
        /// The port.
        package let port: Int
    }

    /// Reads `10.0.0.53:53` or `[fd00::53]:53`.
    static func endpoint(_ node: Node, _ reader: YAMLReader) -> Endpoint? {
        let text = reader.text(node, "reach") ?? ""
        guard let endpoint = Endpoint(text) else {
            reader.report(
                "\"\(text)\" is no port of an address", at: node,
                hint: "for example \"10.0.0.53:53\" or \"[fd00::53]:53\"")
            return nil
        }
        return endpoint
    }
}

extension ConfigurationFile.Endpoint {
    fileprivate init?(_ text: String) {
        guard let colon = text.lastIndex(of: ":"),
            case let digits = text[text.index(after: colon)...], !digits.isEmpty,
            digits.utf8.allSatisfy({ 0x30...0x39 ~= $0 }),
            let port = Int(digits), 1...65_535 ~= port
        else { return nil }
        let host = text[..<colon]
        let isIPv6 = host.hasPrefix("[") && host.hasSuffix("]")
        let address = String(isIPv6 ? host.dropFirst().dropLast() : host)
        var bytes = [UInt8](repeating: 0, count: 16)
        guard inet_pton(isIPv6 ? AF_INET6 : AF_INET, address, &bytes) == 1 else { return nil }
        self.init(address: address, isIPv6: isIPv6, port: port)
    }
}
