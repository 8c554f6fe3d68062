// SPDX-License-Identifier: Apache-2.0
// Sends probes into the ways of a patch panel, and says where they are seen: prober PROBES SIGHTINGS, the files of its maps.
//
// A line of standard input is a command, whose words are separated by a blank:
//
//   open KEY NAMESPACE IFINDEX   an interface that probes are sent by: the file of its network namespace, and its index there
//   close KEY
//   expect ID IFINDEX IFINDEX [CHOICES]   a secret (hexadecimal), the two ends of the way that its probes are on, and, a byte for
//                                each group of instances there, which of them they pass (hexadecimal)
//   forget ID
//   send KEY FRAME               (hexadecimal)
//   mind KEY PID                 says when a process ends
//
// A line of standard output is an event: `seen ID NUMBER IFINDEX pass NANOSECONDS` (CLOCK_MONOTONIC), and with `end` in place of
// `pass` six words more, the hardware address of its source and of its destination, both addresses of IP, and both ports, as they are
// there; `ended KEY`, and `failed COMMAND KEY MESSAGE`. It ends with its standard input.

#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/bpf.h>
#include <linux/if_packet.h>
#include <sched.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "probe.h"

#define LINE 1024
#define KEY 80
#define OPENED 4096
#define STDIN_NUMBER 0xffffffffu
#define RING_NUMBER 0xfffffffeu

/* What is open under a name: an interface, or a process that is minded. */
struct opened {
	char key[KEY];
	int fd; // -1: free
};

static struct opened interfaces[OPENED], processes[OPENED];
static int probes, home, events;

static struct {
	int fd;
	volatile unsigned long *consumed, *produced;
	const char *data;
} ring;

static void fail(const char *what)
{
	fprintf(stderr, "prober: %s: %s\n", what, strerror(errno));
	exit(1);
}

static void refuse(const char *command, const char *key)
{
	printf("failed %s %s %s\n", command, key, strerror(errno));
}

static long bpf(int command, union bpf_attr *attr)
{
	return syscall(SYS_bpf, command, attr, sizeof(*attr));
}

static int pinned(const char *path)
{
	union bpf_attr attr = { .pathname = (uintptr_t)path };

	return (int)bpf(BPF_OBJ_GET, &attr);
}

/* bpf_ringbuf of the kernel: a page of who reads, a page of who writes, and the data twice, so that none is split. */
static void open_ring(const char *path)
{
	size_t page = (size_t)sysconf(_SC_PAGESIZE);
	void *consumer, *producer;

	ring.fd = pinned(path);
	if (ring.fd < 0)
		fail(path);
	consumer = mmap(NULL, page, PROT_READ | PROT_WRITE, MAP_SHARED, ring.fd, 0);
	producer = mmap(NULL, page + 2 * SIGHTINGS, PROT_READ, MAP_SHARED, ring.fd, (off_t)page);
	if (consumer == MAP_FAILED || producer == MAP_FAILED)
		fail("ring of sightings");
	ring.consumed = consumer;
	ring.produced = producer;
	ring.data = (const char *)producer + page;
	// What was seen before is of nobody's here.
	__atomic_store_n(ring.consumed, __atomic_load_n(ring.produced, __ATOMIC_ACQUIRE), __ATOMIC_RELEASE);
}

/* Secrets of who sent probes before are nobody's any more. */
static void forget_all(void)
{
	uint8_t id[PROBE_ID];
	union bpf_attr attr = { .map_fd = (uint32_t)probes, .next_key = (uintptr_t)id };
	union bpf_attr one = { .map_fd = (uint32_t)probes, .key = (uintptr_t)id };

	while (bpf(BPF_MAP_GET_NEXT_KEY, &attr) == 0)
		if (bpf(BPF_MAP_DELETE_ELEM, &one) != 0)
			return;
}

static void print_bytes(const char *before, const uint8_t *bytes, int length)
{
	printf("%s", before);
	for (int i = 0; i < length; i++)
		printf("%02x", bytes[i]);
}

static void print_sighting(const struct sighting *seen)
{
	print_bytes("seen ", seen->id, PROBE_ID);
	printf(" %u %u %s %llu", ntohs(seen->number), seen->port, seen->is_end ? "end" : "pass",
	       (unsigned long long)seen->time);
	if (seen->is_end) {
		print_bytes(" ", seen->hardware + 6, 6);
		print_bytes(" ", seen->hardware, 6);
		print_bytes(" ", seen->source, sizeof(seen->source));
		print_bytes(" ", seen->destination, sizeof(seen->destination));
		printf(" %u %u", seen->source_port, seen->destination_port);
	}
	printf("\n");
}

static void read_ring(void)
{
	unsigned long at = *ring.consumed, end = __atomic_load_n(ring.produced, __ATOMIC_ACQUIRE);

	while (at < end) {
		const uint32_t *header = (const uint32_t *)(ring.data + (at & (SIGHTINGS - 1)));
		uint32_t length = __atomic_load_n(header, __ATOMIC_ACQUIRE);

		if (length & BPF_RINGBUF_BUSY_BIT)
			break;
		if (!(length & BPF_RINGBUF_DISCARD_BIT) && length == sizeof(struct sighting))
			print_sighting((const struct sighting *)((const char *)header + BPF_RINGBUF_HDR_SZ));
		length &= ~(uint32_t)BPF_RINGBUF_DISCARD_BIT;
		at += (length + BPF_RINGBUF_HDR_SZ + 7) / 8 * 8;
		__atomic_store_n(ring.consumed, at, __ATOMIC_RELEASE);
	}
}

static struct opened *find(struct opened *all, const char *key)
{
	for (int i = 0; i < OPENED; i++)
		if (all[i].fd >= 0 && strcmp(all[i].key, key) == 0)
			return &all[i];
	return NULL;
}

static struct opened *keep(struct opened *all, const char *key, int fd)
{
	struct opened *before = find(all, key);

	for (int i = 0; !before && i < OPENED; i++)
		if (all[i].fd < 0)
			before = &all[i];
	if (!before || strlen(key) >= KEY) {
		close(fd);
		errno = ENOSPC;
		return NULL;
	}
	if (before->fd >= 0)
		close(before->fd);
	strcpy(before->key, key);
	before->fd = fd;
	return before;
}

static void leave(struct opened *all, const char *key)
{
	struct opened *one = find(all, key);

	if (!one)
		return;
	close(one->fd);
	one->fd = -1;
}

static int open_interface(const char *namespace, int interface)
{
	struct sockaddr_ll address = { .sll_family = AF_PACKET, .sll_ifindex = interface };
	int there = open(namespace, O_RDONLY | O_CLOEXEC), fd, error;

	if (there < 0)
		return -1;
	fd = setns(there, CLONE_NEWNET) == 0 ? socket(AF_PACKET, SOCK_RAW | SOCK_CLOEXEC, 0) : -1;
	error = errno;
	close(there);
	if (setns(home, CLONE_NEWNET) != 0)
		fail("the own network namespace");
	errno = error;
	if (fd >= 0 && bind(fd, (struct sockaddr *)&address, sizeof(address)) != 0) {
		error = errno;
		close(fd);
		errno = error;
		return -1;
	}
	return fd;
}

/* Bytes of hexadecimal digits, or -1. */
static int bytes_of(const char *text, uint8_t *bytes, int most)
{
	int length = (int)strlen(text);

	if (length % 2 != 0 || length / 2 > most)
		return -1;
	for (int i = 0; i < length / 2; i++)
		if (sscanf(text + 2 * i, "%2hhx", &bytes[i]) != 1)
			return -1;
	return length / 2;
}

/* The value of a probe in the map: the ends of its way, and the instances that it is to pass. */
struct noted {
	uint32_t ends[2];
	uint8_t choices[PROBE_CHOICES];
};

static bool note(const char *secret, const char *one, const char *other, const char *choices)
{
	uint8_t id[PROBE_ID];
	struct noted noted = { .ends = { one ? (uint32_t)strtoul(one, NULL, 10) : 0,
					 other ? (uint32_t)strtoul(other, NULL, 10) : 0 } };
	union bpf_attr attr = { .map_fd = (uint32_t)probes, .key = (uintptr_t)id };

	if (bytes_of(secret, id, PROBE_ID) != PROBE_ID || (choices && bytes_of(choices, noted.choices, PROBE_CHOICES) < 0)) {
		errno = EINVAL;
		return false;
	}
	if (!one)
		return bpf(BPF_MAP_DELETE_ELEM, &attr) == 0 || errno == ENOENT;
	attr.value = (uintptr_t)&noted;
	return bpf(BPF_MAP_UPDATE_ELEM, &attr) == 0;
}

static bool send_frame(const char *key, const char *text)
{
	struct opened *interface = find(interfaces, key);
	uint8_t frame[PROBE_MOST];
	int length = bytes_of(text, frame, PROBE_MOST);

	if (!interface || length < 0) {
		errno = interface ? EINVAL : ENOENT;
		return false;
	}
	return send(interface->fd, frame, (size_t)length, 0) == length;
}

static bool mind(const char *key, const char *pid)
{
	int fd = (int)syscall(SYS_pidfd_open, atoi(pid), 0);
	struct opened *process = fd < 0 ? NULL : keep(processes, key, fd);
	struct epoll_event event = { .events = EPOLLIN };

	if (!process)
		return false;
	event.data.u32 = (uint32_t)(process - processes);
	return epoll_ctl(events, EPOLL_CTL_ADD, fd, &event) == 0;
}

static bool obey(const char *command, const char *key, const char *first, const char *second, const char *third)
{
	if (strcmp(command, "open") == 0 && second) {
		int fd = open_interface(first, atoi(second));

		return fd >= 0 && keep(interfaces, key, fd);
	}
	if (strcmp(command, "send") == 0 && first)
		return send_frame(key, first);
	if (strcmp(command, "expect") == 0 && second)
		return note(key, first, second, third);
	if (strcmp(command, "forget") == 0)
		return note(key, NULL, NULL, NULL);
	if (strcmp(command, "mind") == 0 && first)
		return mind(key, first);
	if (strcmp(command, "close") == 0) {
		leave(interfaces, key);
		return true;
	}
	errno = EINVAL;
	return false;
}

static void read_line(char *line)
{
	char *rest = line, *command = strsep(&rest, " "), *key = strsep(&rest, " "), *first = strsep(&rest, " "),
	     *second = strsep(&rest, " "), *third = strsep(&rest, " ");

	if (!key)
		key = "";
	if (!obey(command, key, first, second, third))
		refuse(command, key);
}

static void read_commands(void)
{
	static char buffer[LINE];
	static size_t length;
	ssize_t got = read(STDIN_FILENO, buffer + length, sizeof(buffer) - length);
	char *end, *line = buffer;

	if (got <= 0)
		exit(0);
	length += (size_t)got;
	while ((end = memchr(line, '\n', length - (size_t)(line - buffer)))) {
		*end = 0;
		read_line(line);
		line = end + 1;
	}
	length -= (size_t)(line - buffer);
	if (length == sizeof(buffer)) {
		errno = EMSGSIZE;
		fail("a command");
	}
	memmove(buffer, line, length);
}

static void watch(int fd, uint32_t number)
{
	struct epoll_event event = { .events = EPOLLIN, .data.u32 = number };

	if (epoll_ctl(events, EPOLL_CTL_ADD, fd, &event) != 0)
		fail("epoll");
}

int main(int count, char **arguments)
{
	if (count != 3) {
		fprintf(stderr, "usage: prober PROBES SIGHTINGS\n");
		return 2;
	}
	for (int i = 0; i < OPENED; i++)
		interfaces[i].fd = processes[i].fd = -1;
	home = open("/proc/self/ns/net", O_RDONLY | O_CLOEXEC);
	events = epoll_create1(EPOLL_CLOEXEC);
	probes = pinned(arguments[1]);
	if (home < 0 || events < 0 || probes < 0)
		fail(arguments[1]);
	forget_all();
	open_ring(arguments[2]);
	watch(STDIN_FILENO, STDIN_NUMBER);
	watch(ring.fd, RING_NUMBER);
	for (;;) {
		struct epoll_event ready[64];
		int number = epoll_wait(events, ready, 64, -1);

		for (int i = 0; i < number; i++) {
			uint32_t which = ready[i].data.u32;

			if (which == STDIN_NUMBER) {
				read_commands();
			} else if (which == RING_NUMBER) {
				read_ring();
			} else if (processes[which].fd >= 0) {
				printf("ended %s\n", processes[which].key);
				leave(processes, processes[which].key);
			}
		}
		if (fflush(stdout) != 0)
			return 1;
	}
}
