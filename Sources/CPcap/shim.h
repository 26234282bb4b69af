#include <pcap/pcap.h>
#include <errno.h>
#include <net/ethernet.h>
#include <net/if.h>
#include <string.h>
#include <sys/ioctl.h>
#include <arpa/inet.h>
#include <linux/if_packet.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <unistd.h>

/// Has a packet socket refuse every packet from now on, without touching those already in its ring.
///
/// pcap_setfilter will not do: it would apply the new filter to the ring's packets too. One instruction, "return 0",
/// replaces whatever filter the kernel holds; the structures are linux/filter.h's, which clashes with pcap/bpf.h.
static inline int weir_refuse_packets(int descriptor) {
    struct { unsigned short code; unsigned char jt, jf; unsigned int k; } refuse = { 0x06, 0, 0, 0 };
    struct { unsigned short count; void *instructions; } program = { 1, &refuse };
    return setsockopt(descriptor, SOL_SOCKET, SO_ATTACH_FILTER, &program, sizeof program);
}

/// Has a packet socket take every packet again.
static inline int weir_accept_packets(int descriptor) {
    int nothing = 0;
    return setsockopt(descriptor, SOL_SOCKET, SO_DETACH_FILTER, &nothing, sizeof nothing);
}

/// Adds a packet socket to the fanout group `identifier`, or to a new one of the kernel's choosing where it is negative.
///
/// Packets are shared out by a hash that is the same for both directions of a flow; IPv4 fragments are put together
/// first. Returns the group's identifier, or a negative errno.
static inline int weir_join_fanout(int descriptor, int identifier) {
    const int flags = PACKET_FANOUT_HASH | PACKET_FANOUT_FLAG_DEFRAG;
    unsigned int argument = identifier < 0
        ? (unsigned int)(flags | PACKET_FANOUT_FLAG_UNIQUEID) << 16
        : (unsigned int)flags << 16 | ((unsigned int)identifier & 0xFFFF);
    if (setsockopt(descriptor, SOL_PACKET, PACKET_FANOUT, &argument, sizeof argument) != 0) return -errno;
    socklen_t length = sizeof argument;
    if (getsockopt(descriptor, SOL_PACKET, PACKET_FANOUT, &argument, &length) != 0) return -errno;
    return (int)(argument & 0xFFFF);
}

/// Makes a fanout group of one on an interface and gives it up again: 0, or a negative errno.
///
/// What the socket is sent in that moment is thrown away with it.
static inline int weir_probe_fanout(int interface) {
    int descriptor = socket(AF_PACKET, SOCK_RAW | SOCK_CLOEXEC, 0);
    if (descriptor < 0) return -errno;
    struct sockaddr_ll address = { 0 };
    address.sll_family = AF_PACKET;
    address.sll_protocol = htons(ETH_P_ALL);
    address.sll_ifindex = interface;
    int result = bind(descriptor, (struct sockaddr *)&address, sizeof address) != 0 ? -errno : weir_join_fanout(descriptor, -1);
    close(descriptor);
    return result < 0 ? result : 0;
}

/// Whether an interface is up: 0 where it is down, 1 where it is up or cannot be asked, as `any` cannot.
static inline int weir_is_up(int descriptor, const char *interface) {
    struct ifreq request;
    memset(&request, 0, sizeof request);
    strncpy(request.ifr_name, interface, sizeof request.ifr_name - 1);
    if (ioctl(descriptor, SIOCGIFFLAGS, &request) != 0) return 1;
    return (request.ifr_flags & IFF_UP) != 0;
}
