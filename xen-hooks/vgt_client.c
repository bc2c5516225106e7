/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * See vgt_client.h. The answer may have an unexpected form, because xengtd may
 * have another version.
 */
#include "vgt_client.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <time.h>
#include <unistd.h>

#include "common/text.h"

#define ANSWER_MAX_BYTES (64u * 1024)
#define ANSWER_WAIT_MS 10000

static long now_ms(void)
{
    struct timespec ts;

    clock_gettime(CLOCK_MONOTONIC, &ts);

    return ts.tv_sec * 1000 + ts.tv_nsec / 1000000;
}

static int connect_to(const char *path, char *err, size_t err_len)
{
    struct sockaddr_un addr = { .sun_family = AF_UNIX };
    int fd, r;

    if ( strlen(path) >= sizeof(addr.sun_path) )
    {
        snprintf(err, err_len, "the socket's path is too long: %s", path);
        return -ENAMETOOLONG;
    }
    strcpy(addr.sun_path, path);
    fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if ( fd < 0 )
    {
        r = -errno;
        snprintf(err, err_len, "socket: %s", strerror(errno));
        return r;
    }
    if ( !connect(fd, (struct sockaddr *)&addr, sizeof(addr)) )
        return fd;

    r = -errno;
    close(fd);
    if ( r == -EACCES || r == -EPERM )
    {
        snprintf(err, err_len, "%s: permission denied: only root may ask "
                 "xengtd", path);
        return -EPERM;
    }
    snprintf(err, err_len, "xengtd is not running (%s: %s): start it with "
             "'service xengtd start'", path, strerror(-r));

    return -ECONNREFUSED;
}

static int send_all(int fd, const char *data, size_t len)
{
    while ( len )
    {
        ssize_t n = send(fd, data, len, MSG_NOSIGNAL);

        if ( n < 0 && errno == EINTR )
            continue;
        if ( n < 0 )
            return -errno;
        data += n;
        len -= n;
    }

    return 0;
}

/* Read one line into buf, without its newline. Returns 0 or -errno. */
static int read_line(int fd, char *buf, size_t size)
{
    long deadline = now_ms() + ANSWER_WAIT_MS;
    size_t used = 0;

    for ( ; ; )
    {
        struct pollfd pfd = { .fd = fd, .events = POLLIN };
        long left = deadline - now_ms();
        /* look even if the time is over: the program may have stood still */
        int ready = poll(&pfd, 1, left > 0 ? left : 0);
        ssize_t n;
        char *end;

        if ( ready < 0 && errno == EINTR )
            continue;
        if ( ready < 0 )
            return -errno;
        if ( !ready )
            return -ETIMEDOUT;
        n = read(fd, buf + used, size - 1 - used);
        if ( n < 0 && errno == EINTR )
            continue;
        if ( n < 0 )
            return -errno;
        if ( !n )
            return -EPROTO;
        end = memchr(buf + used, '\n', n);
        used += n;
        if ( end )
        {
            *end = '\0';
            return 0;
        }
        if ( used == size - 1 )
            return -EPROTO;
    }
}

static int exchange(int fd, const char *cmd, const char *vgpu, char *buf,
                    size_t size)
{
    struct json_object *question = json_object_new_object();
    char *line;
    int r;

    json_object_object_add(question, "v", json_object_new_int(1));
    json_object_object_add(question, "cmd", json_object_new_string(cmd));
    if ( vgpu )
        json_object_object_add(question, "vgpu", json_object_new_string(vgpu));
    r = asprintf(&line, "%s\n",
                 json_object_to_json_string_ext(question,
                                                JSON_C_TO_STRING_PLAIN));
    json_object_put(question);
    if ( r < 0 )
        return -ENOMEM;
    r = send_all(fd, line, strlen(line));
    free(line);
    /*
     * EPIPE: xengtd has closed the connection, but may have sent the reason
     * before that. So read the answer.
     */
    if ( r && r != -EPIPE )
        return r;

    return read_line(fd, buf, size);
}

long vgt_json_long(struct json_object *obj, const char *name, long def)
{
    struct json_object *member;

    if ( !json_object_is_type(obj, json_type_object) ||
         !json_object_object_get_ex(obj, name, &member) ||
         !json_object_is_type(member, json_type_int) )
        return def;

    return json_object_get_int64(member);
}

const char *vgt_json_string(struct json_object *obj, const char *name,
                            const char *def)
{
    struct json_object *member;

    if ( !json_object_is_type(obj, json_type_object) ||
         !json_object_object_get_ex(obj, name, &member) ||
         !json_object_is_type(member, json_type_string) )
        return def;

    return json_object_get_string(member);
}

static int take_answer(const char *line, struct json_object **ret_data,
                       char *err, size_t err_len)
{
    struct json_object *answer = json_tokener_parse(line), *ok, *data;
    const char *code;
    int r = -EREMOTEIO;

    if ( !json_object_is_type(answer, json_type_object) ||
         !json_object_object_get_ex(answer, "ok", &ok) )
    {
        snprintf(err, err_len, "xengtd sent a line that is no answer: %.100s",
                 line);
        json_object_put(answer);
        return -EPROTO;
    }
    if ( json_object_get_boolean(ok) )
    {
        *ret_data = json_object_object_get_ex(answer, "data", &data) ?
                    json_object_get(data) : NULL;
        json_object_put(answer);
        return 0;
    }

    code = vgt_json_string(answer, "code", "");
    if ( !strcmp(code, "no-such-vgpu") )
        r = -ENOENT;
    snprintf(err, err_len, "%s", vgt_json_string(answer, "error",
                                                 "xengtd refused, without a "
                                                 "reason"));
    json_object_put(answer);

    return r;
}

/* Open the file that an answer names. Returns the descriptor or -errno. */
static int open_file(struct json_object *data, char *err, size_t err_len)
{
    const char *path = vgt_json_string(data, "file", "");
    int fd = open(path, O_RDONLY | O_CLOEXEC);

    if ( fd >= 0 )
        return fd;
    snprintf(err, err_len, "the file of xengtd's answer cannot be opened: %s",
             strerror(errno));

    return -EPROTO;
}

/* ret_file: NULL if the answer to the question names no file. */
static int ask(const char *socket_path, const char *cmd, const char *vgpu,
               struct json_object **ret_data, int *ret_file, char *err,
               size_t err_len)
{
    char *line;
    int fd, r;

    *ret_data = NULL;
    if ( vgpu && !xengt_text_is_plain(vgpu) )
    {
        snprintf(err, err_len, "a name that is not UTF-8, or has control "
                 "characters, cannot be sent to xengtd: use the domain's id, "
                 "as 'xl list' shows it");
        return -EREMOTEIO;
    }
    fd = connect_to(socket_path, err, err_len);
    if ( fd < 0 )
        return fd;
    line = malloc(ANSWER_MAX_BYTES + 1);
    r = line ? exchange(fd, cmd, vgpu, line, ANSWER_MAX_BYTES + 1) : -ENOMEM;
    if ( !r )
        r = take_answer(line, ret_data, err, err_len);
    else if ( r == -ETIMEDOUT )
        snprintf(err, err_len, "xengtd did not answer within %d s (log: "
                 "/var/log/xengt/xengtd.log)", ANSWER_WAIT_MS / 1000);
    else
        snprintf(err, err_len, "xengtd gave no complete answer: %s (log: "
                 "/var/log/xengt/xengtd.log)", strerror(-r));
    if ( !r && ret_file )
    {
        *ret_file = open_file(*ret_data, err, err_len);
        r = *ret_file < 0 ? *ret_file : 0;
    }
    close(fd);
    free(line);
    if ( r )
    {
        json_object_put(*ret_data);
        *ret_data = NULL;
    }

    return r;
}

int vgt_client_ask(const char *socket_path, const char *cmd, const char *vgpu,
                   struct json_object **ret_data, char *err, size_t err_len)
{
    return ask(socket_path, cmd, vgpu, ret_data, NULL, err, err_len);
}

int vgt_client_ask_file(const char *socket_path, const char *cmd,
                        const char *vgpu, struct json_object **ret_data,
                        int *ret_file, char *err, size_t err_len)
{
    return ask(socket_path, cmd, vgpu, ret_data, ret_file, err, err_len);
}
