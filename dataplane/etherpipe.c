// SPDX-License-Identifier: Apache-2.0
// Ethernet frames of an interface, by a pipe, for programs that cannot open packet sockets: etherpipe INTERFACE TYPE…
//
// Each frame of one of the EtherTypes (hexadecimal) that arrives goes to standard output, and what comes from standard input
// is sent: its length as two bytes in network order, and the frame. An empty one on standard output says that it listens. It
// ends with its standard input. Once it has its sockets, it is nobody: it needs CAP_NET_RAW, and only for these.

#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <linux/if_packet.h>
#include <net/if.h>
#include <poll.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/uio.h>
#include <unistd.h>

#define MOST_TYPES 8
#define LONGEST 65535
#define NOBODY 65534
/* Frames of one call. */
#define AT_ONCE 32
/* Bytes that wait for who reads. */
#define QUEUED (8 << 20)
/* Bytes that the kernel keeps for each socket, where it lets us: 2,000 frames of 1 kB, which it counts as 2.3 kB each. */
#define RECEIVED (4 << 20)

static void fail(const char *what)
{
	fprintf(stderr, "etherpipe: %s: %s\n", what, strerror(errno));
	exit(1);
}

/* A socket of one type hears what arrives, and nothing of what this host sends. */
static int open_socket(unsigned int interface, uint16_t type)
{
	int fd = socket(AF_PACKET, SOCK_RAW | SOCK_CLOEXEC, 0);
	struct sockaddr_ll address = {
		.sll_family = AF_PACKET, .sll_protocol = htons(type), .sll_ifindex = (int)interface };
	struct packet_mreq all = { .mr_ifindex = (int)interface, .mr_type = PACKET_MR_ALLMULTI };
	int received = RECEIVED;

	if (fd < 0 || bind(fd, (struct sockaddr *)&address, sizeof(address)) != 0 ||
	    setsockopt(fd, SOL_PACKET, PACKET_ADD_MEMBERSHIP, &all, sizeof(all)) != 0)
		fail("packet socket");
	/* Beyond what the host gives everybody, with CAP_NET_ADMIN; as much as that without. */
	if (setsockopt(fd, SOL_SOCKET, SO_RCVBUFFORCE, &received, sizeof(received)) != 0)
		setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &received, sizeof(received));
	return fd;
}

static void drop_privileges(void)
{
	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0)
		fail("no_new_privs");
	if (geteuid() == 0 && (setgroups(0, NULL) != 0 || setgid(NOBODY) != 0 || setuid(NOBODY) != 0))
		fail("nobody");
}

/* Frames for standard output: what arrives in a burst waits here, and then at the socket, while who reads is busy. */
static struct {
	uint8_t bytes[QUEUED];
	size_t start, filled;
} queue;

static int has_room(void)
{
	return sizeof(queue.bytes) - queue.filled >= AT_ONCE * (size_t)(2 + LONGEST);
}

static void append(const uint8_t *bytes, size_t length)
{
	size_t end = (queue.start + queue.filled) % sizeof(queue.bytes);
	size_t first = length < sizeof(queue.bytes) - end ? length : sizeof(queue.bytes) - end;

	memcpy(queue.bytes + end, bytes, first);
	memcpy(queue.bytes, bytes + first, length - first);
	queue.filled += length;
}

/* Writes as much as is taken now. */
static void write_queued(void)
{
	size_t first = sizeof(queue.bytes) - queue.start;
	struct iovec parts[2] = { { .iov_base = queue.bytes + queue.start, .iov_len = first },
				  { .iov_base = queue.bytes } };
	ssize_t written;

	if (queue.filled < first)
		parts[0].iov_len = queue.filled;
	parts[1].iov_len = queue.filled - parts[0].iov_len;
	written = writev(STDOUT_FILENO, parts, 2);
	if (written < 0 && (errno == EINTR || errno == EAGAIN))
		return;
	if (written <= 0)
		exit(0);
	queue.start = (queue.start + (size_t)written) % sizeof(queue.bytes);
	queue.filled -= (size_t)written;
}

static void receive(int fd)
{
	static uint8_t buffers[AT_ONCE][2 + LONGEST];
	struct mmsghdr messages[AT_ONCE] = { 0 };
	struct iovec places[AT_ONCE];
	int count;

	for (int at = 0; at < AT_ONCE; at++) {
		places[at] = (struct iovec){ .iov_base = buffers[at] + 2, .iov_len = LONGEST };
		messages[at].msg_hdr.msg_iov = &places[at];
		messages[at].msg_hdr.msg_iovlen = 1;
	}
	/* The interface may be down for a while. */
	count = recvmmsg(fd, messages, AT_ONCE, MSG_DONTWAIT, NULL);
	for (int at = 0; at < count; at++) {
		buffers[at][0] = (uint8_t)(messages[at].msg_len >> 8);
		buffers[at][1] = (uint8_t)messages[at].msg_len;
		append(buffers[at], 2 + messages[at].msg_len);
	}
}

/* Sends frames; what is too long for the interface, or comes while it is down, is lost as on a wire. */
static void send_all(int fd, struct mmsghdr *messages, unsigned int count)
{
	while (count > 0) {
		int sent = sendmmsg(fd, messages, count, 0);

		if (sent < 0 && errno == EINTR)
			continue;
		if (sent < 0 && errno == ENXIO)
			fail("interface");
		/* An error is that of the first. */
		if (sent < 0)
			sent = 1;
		messages += sent;
		count -= (unsigned int)sent;
	}
}

/* Sends the frames that are whole. */
static void forward(int fd)
{
	static uint8_t buffer[4 * (2 + LONGEST)];
	static size_t filled;
	struct mmsghdr messages[AT_ONCE] = { 0 };
	struct iovec frames[AT_ONCE];
	unsigned int count = 0;
	size_t at = 0;
	ssize_t length = read(STDIN_FILENO, buffer + filled, sizeof(buffer) - filled);

	if (length < 0 && errno == EINTR)
		return;
	if (length <= 0)
		exit(0);
	filled += (size_t)length;
	while (filled - at >= 2) {
		size_t size = (size_t)buffer[at] << 8 | buffer[at + 1];

		if (filled - at - 2 < size)
			break;
		frames[count] = (struct iovec){ .iov_base = buffer + at + 2, .iov_len = size };
		messages[count].msg_hdr.msg_iov = &frames[count];
		messages[count].msg_hdr.msg_iovlen = 1;
		at += 2 + size;
		if (++count == AT_ONCE) {
			send_all(fd, messages, count);
			count = 0;
		}
	}
	send_all(fd, messages, count);
	memmove(buffer, buffer + at, filled - at);
	filled -= at;
}

int main(int count, char **words)
{
	struct pollfd polled[2 + MOST_TYPES] = { { .fd = STDIN_FILENO, .events = POLLIN }, { .fd = STDOUT_FILENO } };
	static const uint8_t ready[2];
	unsigned int interface;
	nfds_t sockets = 0;

	if (count < 3 || count > 2 + MOST_TYPES) {
		fputs("usage: etherpipe INTERFACE TYPE...\n", stderr);
		return 2;
	}
	interface = if_nametoindex(words[1]);
	if (interface == 0)
		fail(words[1]);
	for (int at = 2; at < count; at++) {
		unsigned long type = strtoul(words[at], NULL, 16);

		if (type < 0x600 || type > 0xffff) {
			errno = EINVAL;
			fail(words[at]);
		}
		polled[2 + sockets++] = (struct pollfd){ .fd = open_socket(interface, (uint16_t)type) };
	}
	drop_privileges();
	if (fcntl(STDOUT_FILENO, F_SETFL, O_NONBLOCK) != 0)
		fail("standard output");
	append(ready, sizeof(ready));
	for (;;) {
		polled[1].events = queue.filled > 0 ? POLLOUT : 0;
		for (nfds_t at = 0; at < sockets; at++)
			polled[2 + at].events = has_room() ? POLLIN : 0;
		if (poll(polled, 2 + sockets, -1) < 0) {
			if (errno == EINTR)
				continue;
			fail("poll");
		}
		for (nfds_t at = 2; at < 2 + sockets; at++) {
			int error;
			socklen_t size = sizeof(error);

			if (polled[at].revents & POLLERR)
				getsockopt(polled[at].fd, SOL_SOCKET, SO_ERROR, &error, &size);
			if (polled[at].revents & POLLIN && has_room())
				receive(polled[at].fd);
		}
		if (polled[1].revents & (POLLERR | POLLHUP))
			exit(0);
		if (queue.filled > 0)
			write_queued();
		if (polled[0].revents != 0)
			forward(polled[2].fd);
	}
}
