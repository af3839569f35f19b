import EngineAPI
import Exchange
import Testing
import Wire

/// By which names a listener may be asked, told by what clients and pages send.
@Suite struct HostNamesTests {
    struct Row: CustomTestStringConvertible {
        let client: String
        let host: String
        /// Over TLS, with a certificate for Docker.Example.net and *.wild.example.
        let tls: Bool
        /// Over a Unix socket.
        let unix: Bool
        var testDescription: String { "\(client): \(host)" }

        init(_ client: String, _ host: String, tls: Bool, unix: Bool) {
            (self.client, self.host, self.tls, self.unix) = (client, host, tls, unix)
        }
    }

    @Test(arguments: [
        Row("Docker CLI 20.10", "docker", tls: true, unix: true),
        Row("Docker CLI 23 to 28", "api.moby.localhost", tls: true, unix: true),
        Row("Docker CLI over ssh", "docker.example.com", tls: true, unix: true),
        Row("Docker CLI over TLS, by address", "127.0.0.1:2376", tls: true, unix: true),
        Row("Docker CLI over TLS, by name", "docker.example.net:2376", tls: true, unix: false),
        Row("another case", "DOCKER.example.NET", tls: true, unix: false),
        Row("by IPv6", "[2001:db8::1]:2376", tls: true, unix: true),
        Row("mapped IPv4", "[::ffff:10.0.0.1]", tls: true, unix: true),
        Row("docker-py and compose 1", "localhost", tls: true, unix: true),
        Row("docker-py over TLS", "localhost:2376", tls: true, unix: true),
        Row("compose 2, buildx", "api.moby.localhost", tls: true, unix: true),
        Row("docker-java", "localhost:2375", tls: true, unix: true),
        Row("go-dockerclient", "unix.sock", tls: false, unix: true),
        Row("Docker.DotNet", "docker.sock", tls: false, unix: true),
        Row("hyperlocal", "2f7661722f72756e2f646f636b65722e736f636b:0", tls: false, unix: true),
        Row("curl", "d", tls: false, unix: true),
        Row("a rebound name", "evil.example", tls: false, unix: false),
        Row("a rebound name with our port", "evil.example:2376", tls: false, unix: false),
        Row("an address inside a name", "127.0.0.1.evil.example", tls: false, unix: false),
        Row("our name before another", "docker.example.net.evil.example", tls: false, unix: false),
        Row("a name below ours", "x.docker.example.net", tls: false, unix: false),
        Row("our name with a dot", "docker.example.net.", tls: false, unix: false),
        Row("localhost with a dot", "localhost.", tls: false, unix: false),
        Row("a name below localhost", "x.localhost", tls: false, unix: true),
        Row("a wildcard's name", "a.wild.example", tls: false, unix: false),
        Row("another domain that ends so", "evil.notsock", tls: false, unix: false),
        Row("no IPv4 address", "1.2.3.256", tls: false, unix: false),
        Row("three numbers", "1.2.3", tls: false, unix: false),
        Row("an address in brackets that is none", "[evil]", tls: false, unix: false),
        Row("brackets and a name", "[::1]evil.example", tls: false, unix: false),
        Row("open brackets", "[::1", tls: false, unix: false),
        Row("two ports", "localhost:1:2", tls: false, unix: false),
        Row("no port", "localhost:", tls: false, unix: false),
        Row("a port that is a name", "localhost:evil", tls: false, unix: false),
        Row("only a port", ":2376", tls: false, unix: false),
    ])
    func answersTo(row: Row) throws {
        let certified = HostNames(["Docker.Example.net", "*.wild.example"])
        for (hosts, isServed) in [(certified, row.tls), (.local, row.unix)] {
            let text = "GET /_ping HTTP/1.1\r\nHost: \(row.host)\r\n\r\n"
            var exchange = Exchange(bodyLimit: 10, hosts: hosts)
            let action = exchange.received(try RequestHead(parsing: Array(text.utf8).span))
            if case .judge = action {
                #expect(isServed)
                continue
            }
            guard case .answer(let answer, _) = action else { return fail("neither judged nor refused") }
            #expect(!isServed && answer.status == 403 && answer.rule == "wire.host")
            #expect(answer.message.contains(row.host) && answer.message.contains("localhost"))
        }
    }

    /// The names of the certificate are told, so that a person knows what to ask for.
    @Test func aRefusalNamesWhatIsAnswered() throws {
        var exchange = Exchange(bodyLimit: 10, hosts: HostNames(["b.example", "a.example", "docker"]))
        let text = "GET /_ping HTTP/1.1\r\nHost: x.example\r\n\r\n"
        guard case .answer(let answer, let ending) = exchange.received(try RequestHead(parsing: Array(text.utf8).span))
        else { return fail("not refused") }
        #expect(answer.message.contains("ask for a.example, b.example, localhost, docker, IP addresses; rule wire.host"))
        #expect(ending.keepClient)
    }
}
