import ArgumentParser
import Foundation
import PolicyFile

/// `quaymaster firewall`
struct FirewallCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "firewall",
        abstract: "Prints the host's firewall rules for containers of tenants, for nft -f -.",
        discussion: """
            With them, containers on bridges of tenants (qm-…) reach their own networks and the \
            outside, and neither the host, other tenants nor link-local metadata. What networks: \
            {reach: [ADDRESS:PORT]} in quaymaster.yaml names stays open. They stand in a table of \
            their own; nft delete table inet quaymaster takes them away.
            """)

    @OptionGroup var config: ConfigOption

    func run() throws {
        let file = try ConfigurationFile(directory: config.directory)
        print(FirewallRules(open: file.reach).text, terminator: "")
    }
}

/// The rules of nftables(8) for containers of tenants.
struct FirewallRules {
    /// What of the host, and of what is closed beyond it, stays open.
    let open: [ConfigurationFile.Endpoint]

    private static let refuse = "counter reject with icmpx admin-prohibited"

    /// Addresses that clouds serve a machine's own credentials under.
    private static let metadata = [
        "ip daddr 169.254.0.0/16", "ip daddr 100.100.100.200", "ip6 daddr fd00:ec2::/32",
        "ip6 daddr fd20:ce::254",
    ]
    /// Azure's WireServer, whose address serves names too, which containers need.
    private static let wireServer = "ip daddr 168.63.129.16 tcp dport { 80, 32526 }"

    /// Interfaces behind which containers of tenants are: their bridges, and the one over which tasks of
    /// services leave a Swarm's networks.
    private static let inside = ["qm-*", "docker_gwbridge"]

    private var opened: [String] {
        open.map { endpoint in
            let family = endpoint.isIPv6 ? "ip6" : "ip"
            // As the container said it: published ports have other addresses by then.
            return "meta l4proto { tcp, udp } ct original \(family) daddr \(endpoint.address) "
                + "ct original proto-dst \(endpoint.port) accept"
        }
    }

    /// The whole ruleset; loading it again replaces it in one step.
    var text: String {
        let host = [
            "ct state established,related accept",
            "icmpv6 type { nd-neighbor-solicit, nd-neighbor-advert, nd-router-solicit } accept",
            "jump opened", Self.refuse,
        ]
        let closed =
            Self.metadata.flatMap {
                ["\($0) \(Self.refuse)", "ct original \($0) \(Self.refuse)"]
            } + ["\(Self.wireServer) \(Self.refuse)"]
        let beyond =
            ["ct state established,related accept", "jump opened"] + closed
            + [
                "iifname \"qm-*\" oifname \"docker_gwbridge\" \(Self.refuse)",
                "iifname \"docker_gwbridge\" oifname \"qm-*\" \(Self.refuse)",
                // From one bridge to another: the way to the address is not the bridge it came from.
                "iifname \"qm-*\" oifname \"qm-*\" meta pkttype host fib daddr . iif oif missing "
                    + Self.refuse,
            ]
        return """
            # Made by `quaymaster firewall`: what containers of tenants reach.
            table inet quaymaster
            delete table inet quaymaster
            table inet quaymaster {
            \(Self.chain("opened", opened))
            \(Self.chain("host", host))
            \(Self.chain("beyond", beyond))
            \(Self.hook("input", to: "host"))
            \(Self.hook("forward", to: "beyond"))
            }

            """
    }

    private static func chain(_ name: String, _ rules: [String]) -> String {
        (["\tchain \(name) {"] + rules.map { "\t\t" + $0 } + ["\t}"]).joined(separator: "\n")
    }

    /// Before the engine's own rules, which have the priority of filter.
    private static func hook(_ name: String, to chain: String) -> String {
        let type = "type filter hook \(name) priority filter - 10; policy accept;"
        return Self.chain(name, [type] + inside.map { "iifname \"\($0)\" jump \(chain)" })
    }
}
