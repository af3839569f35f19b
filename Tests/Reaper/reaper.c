// What testcontainers' reaper does, small enough for an image of its own: clients connect to port 8080 and
// say label filters, each of which is acknowledged; when the last client has gone, what carries the labels is
// removed over the engine's socket: containers, then networks and volumes.
//
// It stands in for testcontainers/ryuk, whose image the tests do not fetch.
#include <arpa/inet.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

static const char *const engine = "/var/run/docker.sock";
static char filters[16][512];
static int filterCount;

static int fail(const char *what) {
    perror(what);
    exit(1);
}

// One exchange with the engine; the body of its answer, without the framing of chunks.
static char *ask(const char *method, const char *target) {
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    strcpy(address.sun_path, engine);
    int engine = socket(AF_UNIX, SOCK_STREAM, 0);
    if (connect(engine, (struct sockaddr *)&address, sizeof address)) fail("the engine");
    dprintf(engine, "%s %s HTTP/1.1\r\nHost: docker\r\nConnection: close\r\n\r\n", method, target);
    size_t size = 0, room = 1 << 20;
    char *answer = malloc(room + 1);
    ssize_t count;
    while ((count = read(engine, answer + size, room - size)) > 0) size += count;
    answer[size] = 0;
    close(engine);
    printf("%s %s: %.*s\n", method, target, (int)strcspn(answer, "\r"), answer);
    fflush(stdout);
    char *body = strstr(answer, "\r\n\r\n");
    if (!body) return strcpy(answer, "");
    int isChunked = strcasestr(answer, "transfer-encoding: chunked") && strcasestr(answer, "transfer-encoding: chunked") < body;
    body += 4;
    if (!isChunked) return memmove(answer, body, strlen(body) + 1);
    char *end = answer;
    for (long length; (length = strtol(body, &body, 16)) > 0; body += length + 2) {
        body += 2;
        memmove(end, body, length);
        end += length;
    }
    *end = 0;
    return answer;
}

static void encode(char *to, const char *text) {
    for (; *text; text++) to += sprintf(to, "%%%02X", (unsigned char)*text);
    *to = 0;
}

// Removes all that a list shows under a filter.
static void removeAll(const char *list, const char *key, const char *remove, const char *options, const char *filter) {
    char json[640], encoded[2048], target[4096];
    snprintf(json, sizeof json, "{\"label\":[\"%s\"]}", filter);
    encode(encoded, json);
    snprintf(target, sizeof target, "%s%s", list, encoded);
    char *found = ask("GET", target);
    for (char *place = found; (place = strstr(place, key));) {
        place += strlen(key);
        snprintf(target, sizeof target, "%s%.*s%s", remove, (int)strcspn(place, "\""), place, options);
        free(ask("DELETE", target));
    }
    free(found);
}

// Reads lines until the client goes.
static void serve(int client) {
    FILE *lines = fdopen(client, "r+");
    char line[512];
    setvbuf(lines, NULL, _IONBF, 0);
    while (fgets(line, sizeof line, lines)) {
        line[strcspn(line, "\r\n")] = 0;
        if (!strncmp(line, "label=", 6) && filterCount < 16) strcpy(filters[filterCount++], line + 6);
        fputs("ACK\n", lines);
    }
    fclose(lines);
}

int main(void) {
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons(8080)};
    int listener = socket(AF_INET, SOCK_STREAM, 0), yes = 1;
    setsockopt(listener, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes);
    if (bind(listener, (struct sockaddr *)&address, sizeof address) || listen(listener, 8)) fail("port 8080");
    free(ask("GET", "/_ping"));
    // testcontainers waits for these words.
    puts("reaper Started!");
    fflush(stdout);
    do serve(accept(listener, NULL, NULL));
    // Clients come back; nobody did.
    while (poll(&(struct pollfd){.fd = listener, .events = POLLIN}, 1, 200) > 0 || !filterCount);
    for (int index = 0; index < filterCount; index++) {
        const char *filter = filters[index];
        removeAll("/v1.41/containers/json?all=1&filters=", "\"Id\":\"", "/v1.41/containers/", "?force=1&v=1", filter);
        removeAll("/v1.41/networks?filters=", "\"Id\":\"", "/v1.41/networks/", "", filter);
        removeAll("/v1.41/volumes?filters=", "\"Name\":\"", "/v1.41/volumes/", "?force=1", filter);
    }
    puts("done");
    return 0;
}
