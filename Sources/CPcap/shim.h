#include <pcap/pcap.h>
#include <sys/eventfd.h>
#include <sys/socket.h>

/// Has a packet socket refuse every packet from now on, without touching those already in its ring.
///
/// pcap_setfilter will not do: it would apply the new filter to the ring's packets too. One instruction, "return 0",
/// replaces whatever filter the kernel holds; the structures are linux/filter.h's, which clashes with pcap/bpf.h.
static inline int weir_refuse_packets(int descriptor) {
    struct { unsigned short code; unsigned char jt, jf; unsigned int k; } refuse = { 0x06, 0, 0, 0 };
    struct { unsigned short count; void *instructions; } program = { 1, &refuse };
    return setsockopt(descriptor, SOL_SOCKET, SO_ATTACH_FILTER, &program, sizeof program);
}
