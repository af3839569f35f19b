import ShellGrammar
import Testing

@Suite struct SecretMaskTests {
    private let mask = SecretMask(adding: ["STRIPE"])

    @Test(arguments: [
        "PASSWORD", "DB_PASSWORD", "PGPASSWORD", "MYSQL_PWD", "dbPassword", "API_KEY", "apiKey",
        "APIKEY",
        "AWS_SECRET_ACCESS_KEY", "GITHUB_TOKEN", "session-token", "--token", "SMTP_PASS",
        "Authorization",
        "stripe_account", "COOKIE", "client.secret", "SSH_PRIVATE_KEY", "SENTRY_DSN",
    ])
    func namesThatTell(name: String) { #expect(mask.isSecret(name: name)) }

    @Test(arguments: [
        "PATH", "HOME", "PWD", "OLDPWD", "KEYBOARD", "MONKEY", "AUTHOR", "LANG",
        "PASSENGER_APP_ENV", "user",
        "compass", "PINNED", "",
    ])
    func namesThatDoNot(name: String) { #expect(!mask.isSecret(name: name)) }

    @Test(arguments: [
        ("DB_PASSWORD=hunter2 next", "DB_PASSWORD=[masked] next"),
        ("--password=hunter2 x", "--password=[masked] x"),
        ("--password hunter2 x", "--password [masked] x"),
        ("password: hunter2", "password: [masked]"), ("password = hunter2", "password = [masked]"),
        (#"{"password": "hun\"ter2", "user": "bo"}"#, #"{"password": "[masked]", "user": "bo"}"#),
        (#"{"token":"abc"}"#, #"{"token":"[masked]"}"#), ("token='a b' x", "token='[masked]' x"),
        ("?a=1&token=abc&b=2", "?a=1&token=[masked]&b=2"),
        ("Authorization: Bearer abc def", "Authorization: [masked]"),
        ("set-cookie: sid=1; path=/", "set-cookie: [masked]"),
        ("postgres://app:p%40ss@db:5432/x", "postgres://[masked]@db:5432/x"),
        ("https://ghp_abc@github.com/x", "https://[masked]@github.com/x"),
        ("redis://:p/w@db/0 and more", "redis://[masked]@db/0 and more"),
        ("password=\"hunter2", "password=\"[masked]"), ("STRIPE_ID=1", "STRIPE_ID=[masked]"),
        ("secret => x", "secret => [masked]"),
    ])
    func valuesOfSecretsAreLeftOut(text: String, masked: String) {
        #expect(mask.mask(text: text) == masked)
        #expect(mask.mask(text: masked) == masked)
    }

    @Test(arguments: [
        "", "GET / 200 12ms", "password", "the password was changed", "PASSWORD=", "--token", "a:b",
        "http://localhost:8080/a@b", "http://db/x?mail=a@b.c", "ssh key added", "café=日本",
        "http://[::1]:80/x",
        "PWD=/srv/app",
    ])
    func theRestStays(text: String) { #expect(mask.mask(text: text) == text) }

    @Test(arguments: [
        (["mysql", "--password=x", "-u", "app"], ["mysql", "--password=[masked]", "-u", "app"]),
        (["tool", "--api-key", "x y", "z"], ["tool", "--api-key", "[masked]", "z"]),
        (["tool", "--token", "--verbose", "x"], ["tool", "--token", "--verbose", "x"]),
        (["env", "DB_PASSWORD=x", "sh"], ["env", "DB_PASSWORD=[masked]", "sh"]),
        (["curl", "http://u:p@h/"], ["curl", "http://[masked]@h/"]), (["ls", "-l"], ["ls", "-l"]),
    ])
    func arguments(words: [String], masked: [String]) {
        #expect(mask.mask(arguments: words) == masked)
    }

    @Test func variables() {
        #expect(mask.value("x", of: "DB_PASSWORD") == "[masked]")
        #expect(mask.value("", of: "DB_PASSWORD").isEmpty)
        #expect(mask.value("mysql://u:p@h/d", of: "DATABASE_URL") == "mysql://[masked]@h/d")
        #expect(mask.value("/srv", of: "PWD") == "/srv")
    }

    @Test func historyKeepsNoSecretAndNothingThatActs() {
        func stored(_ line: String) -> String? {
            HistoryLine.stored(Array(line.utf8), masking: mask)
        }
        #expect(stored("ls -l") == "ls -l")
        #expect(stored("grep 'token=abc' /var/log/a") == "grep 'token=[masked]' /var/log/a")
        #expect(stored("ls\u{1B}[A") == "ls^[[A")
        #expect(stored("") == nil && stored("   ") == nil && stored(" ls") == nil)
        #expect(stored(String(repeating: "x", count: 1025)) == nil)
        #expect(HistoryLine.stored([0xFF], masking: mask) == nil)
    }
}
