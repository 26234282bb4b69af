extension CommonIdioms {
    static let c = #"""
        #ifndef EXAMPLE_H
        #define EXAMPLE_H
        #ifdef __cplusplus
        extern "C" {
        #endif
        #include <stdio.h>
        #include <stdlib.h>
        #include <string.h>
        #include <stdint.h>
        #include <stdbool.h>
        #include <errno.h>
        #include <unistd.h>
        #include <sys/types.h>
        #include <sys/socket.h>
        #include <netinet/in.h>
        #include <arpa/inet.h>
        #define MIN(a, b) ((a) < (b) ? (a) : (b))
        #define MAX(a, b) ((a) > (b) ? (a) : (b))
        #define ARRAY_SIZE(a) (sizeof(a) / sizeof((a)[0]))
        #define container_of(ptr, type, member) ((type *)((char *)(ptr) - offsetof(type, member)))
        struct node {
            int value;
            struct node *next;
            struct node *prev;
        };
        int main(int argc, char **argv) {
            int i;
            if (argc < 2) {
                fprintf(stderr, "usage: %s <file>\n", argv[0]);
                return EXIT_FAILURE;
            }
            if (argc != 2) {
                fprintf(stderr, "Usage: %s FILE\n", argv[0]);
                exit(1);
            }
            struct state *state = calloc(1, sizeof(*state));
            if (state == NULL) {
                perror("calloc");
                return EXIT_FAILURE;
            }
            while ((opt = getopt(argc, argv, "hv:o:")) != -1) {
                switch (opt) {
                case 'h':
                    usage(argv[0]);
                    exit(0);
                case 'v':
                    verbose = atoi(optarg);
                    break;
                default:
                    usage(argv[0]);
                    exit(1);
                }
            }
            for (i = 1; i < argc; i++) {
                if (!strcmp(argv[i], "-v")) {
                    verbose = 1;
                } else if (strcmp(argv[i], "--help") == 0) {
                    usage(argv[0]);
                }
            }
            int rc = state_init(state, argv[1]);
            free(state);
            return rc == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
        }
        static struct node *node_new(int value) {
            struct node *n = malloc(sizeof(struct node));
            if (!n)
                return NULL;
            memset(n, 0, sizeof(*n));
            n->value = value;
            n->next = NULL;
            return n;
        }
        void node_free(struct node *head) {
            struct node *cur = head;
            while (cur != NULL) {
                struct node *next = cur->next;
                free(cur->data);
                free(cur);
                cur = next;
            }
            for (cur = head; cur; cur = cur->next) {
                if (cur->value == value)
                    return cur;
            }
        }
        const char *kind_to_string(enum kind kind) {
            switch (kind) {
            case KIND_ONE:
                return "one";
            case KIND_TWO:
                return "two";
            default:
                return "unknown";
            }
        }
        static int transfer(struct device *dev, uint8_t *buf, size_t len) {
            int ret;
            if (!dev || !buf)
                return -EINVAL;
            ret = device_lock(dev);
            if (ret)
                return ret;
            ret = device_write(dev, buf, len);
            if (ret < 0) {
                printf("%s: failed (%d)\n", __func__, ret);
                goto out;
            }
            if (ret != 0) {
                ERROR("failed: %d\n", ret);
                goto err;
            }
            while (len > 0) {
                ssize_t n = write(fd, buf, len);
                if (n < 0) {
                    if (errno == EINTR)
                        continue;
                    return -1;
                }
                buf += n;
                len -= n;
            }
            while (timeout--) {
                if (readl(dev->base + STATUS) & READY)
                    break;
                udelay(1);
            }
            for (i = 0; i < ARRAY_SIZE(table); i++) {
                if (table[i].id == id)
                    return &table[i];
            }
            for (i = 0; i < len; i++) {
                printf("%02x ", buf[i]);
            }
            reg = readl(base + CONTROL);
            reg &= ~(MASK << SHIFT);
            reg |= (value & MASK) << SHIFT;
            writel(reg, base + CONTROL);
        out:
            device_unlock(dev);
            return ret;
        err:
            free(buf);
            return -1;
        }
        static const struct ops device_ops = {
            .open = device_open,
            .close = device_close,
            .read = device_read,
            .write = device_write,
        };
        struct callbacks {
            int (*open)(struct device *dev);
            void (*close)(struct device *dev);
            int (*read)(struct device *dev, void *buf, size_t len);
            int (*write)(struct device *dev, const void *buf, size_t len);
        };
        static int connect_to(const char *host, int port) {
            int fd = socket(AF_INET, SOCK_STREAM, 0);
            if (fd < 0) {
                perror("socket");
                return -1;
            }
            struct sockaddr_in addr;
            memset(&addr, 0, sizeof(addr));
            addr.sin_family = AF_INET;
            addr.sin_port = htons(port);
            addr.sin_addr.s_addr = htonl(INADDR_ANY);
            if (setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on)) < 0) {
                close(fd);
                return -1;
            }
            if (bind(fd, (struct sockaddr *)&addr, sizeof(addr)) < 0) {
                close(fd);
                return -1;
            }
            FILE *f = fopen(path, "r");
            if (f == NULL) {
                fprintf(stderr, "cannot open %s: %s\n", path, strerror(errno));
                return -1;
            }
            while (fgets(line, sizeof(line), f) != NULL) {
                count++;
            }
            fclose(f);
            pthread_mutex_lock(&lock);
            pthread_mutex_unlock(&lock);
            return fd;
        }
        #ifdef __cplusplus
        }
        #endif
        #endif /* EXAMPLE_H */
        for (item = list->first; item; item = item->next)
            if (matches(item->name, id, 0))
                return item;
        if (strcmp(name, "ONE") == 0)
            return KIND_ONE;
        else if (strcmp(name, "TWO") == 0)
            return KIND_TWO;
        else if (strcmp(name, "THREE") == 0)
            return KIND_THREE;
        else
            return KIND_OTHER;
        static const struct pad_regs pads = {
            .type = 0x000c0000,
            .mode = 0x00020000,
            .keep = 0x00000000,
            .drive = 0x00000030,
        };
        static const struct clk_desc clocks[] = {
            DEF_CLOCK("one", 101, CLK_BASE),
            DEF_CLOCK("two", 102, CLK_FAST),
            DEF_CLOCK("three", 103, CLK_BASE),
            DEF_CLOCK("four", 104, CLK_BASE),
            DEF_CLOCK("five", 105, CLK_SLOW),
        };
        """#
}
