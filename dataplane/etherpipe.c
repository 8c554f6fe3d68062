// SPDX-License-Identifier: Apache-2.0
// Ethernet frames of an interface, by a pipe, for programs that cannot open packet sockets: etherpipe INTERFACE TYPE…
//
// Each frame of one of the EtherTypes (hexadecimal) that arrives goes to standard output, and what comes from standard input
// is sent: its length as two bytes in network order, and the frame. An empty one on standard output says that it listens. It
// ends with its standard input. Once it has its sockets, it is nobody: it needs CAP_NET_RAW, and only for these.

#include <arpa/inet.h>
#include <errno.h>
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
#include <unistd.h>

#define MOST_TYPES 8
#define LONGEST 65535
#define NOBODY 65534

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

	if (fd < 0 || bind(fd, (struct sockaddr *)&address, sizeof(address)) != 0 ||
	    setsockopt(fd, SOL_PACKET, PACKET_ADD_MEMBERSHIP, &all, sizeof(all)) != 0)
		fail("packet socket");
	return fd;
}

static void drop_privileges(void)
{
	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0)
		fail("no_new_privs");
	if (geteuid() == 0 && (setgroups(0, NULL) != 0 || setgid(NOBODY) != 0 || setuid(NOBODY) != 0))
		fail("nobody");
}

static void write_frame(const uint8_t *bytes, size_t length)
{
	while (length > 0) {
		ssize_t written = write(STDOUT_FILENO, bytes, length);

		if (written < 0 && errno == EINTR)
			continue;
		if (written <= 0)
			exit(0);
		bytes += written;
		length -= (size_t)written;
	}
}

static void receive(int fd)
{
	static uint8_t buffer[2 + LONGEST];
	ssize_t length = recv(fd, buffer + 2, LONGEST, MSG_DONTWAIT);

	/* The interface may be down for a while. */
	if (length <= 0)
		return;
	buffer[0] = (uint8_t)(length >> 8);
	buffer[1] = (uint8_t)length;
	write_frame(buffer, 2 + (size_t)length);
}

/* Sends the frames that are whole; what is too long for the interface, or comes while it is down, is lost as on a wire. */
static void forward(int fd)
{
	static uint8_t buffer[2 * (2 + LONGEST)];
	static size_t filled;
	ssize_t length = read(STDIN_FILENO, buffer + filled, sizeof(buffer) - filled);
	size_t at = 0;

	if (length < 0 && errno == EINTR)
		return;
	if (length <= 0)
		exit(0);
	filled += (size_t)length;
	while (filled - at >= 2) {
		size_t size = (size_t)buffer[at] << 8 | buffer[at + 1];

		if (filled - at - 2 < size)
			break;
		if (send(fd, buffer + at + 2, size, 0) < 0 && errno == ENXIO)
			fail("interface");
		at += 2 + size;
	}
	memmove(buffer, buffer + at, filled - at);
	filled -= at;
}

int main(int count, char **words)
{
	struct pollfd polled[1 + MOST_TYPES] = { { .fd = STDIN_FILENO, .events = POLLIN } };
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
		polled[++sockets] = (struct pollfd){ .fd = open_socket(interface, (uint16_t)type), .events = POLLIN };
	}
	drop_privileges();
	write_frame(ready, sizeof(ready));
	for (;;) {
		if (poll(polled, sockets + 1, -1) < 0) {
			if (errno == EINTR)
				continue;
			fail("poll");
		}
		for (nfds_t at = 1; at <= sockets; at++) {
			int error;
			socklen_t size = sizeof(error);

			if (polled[at].revents & POLLERR)
				getsockopt(polled[at].fd, SOL_SOCKET, SO_ERROR, &error, &size);
			if (polled[at].revents & POLLIN)
				receive(polled[at].fd);
		}
		if (polled[0].revents != 0)
			forward(polled[1].fd);
	}
}
