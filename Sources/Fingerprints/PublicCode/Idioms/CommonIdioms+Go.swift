extension CommonIdioms {
    static let go = #"""
        package main
        import (
        	"context"
        	"encoding/json"
        	"errors"
        	"fmt"
        	"io"
        	"io/ioutil"
        	"log"
        	"net/http"
        	"os"
        	"strings"
        	"sync"
        	"testing"
        	"time"
        )
        func main() {
        	flag.Parse()
        	if len(os.Args) < 2 {
        		fmt.Fprintf(os.Stderr, "usage: %s <file>\n", os.Args[0])
        		os.Exit(1)
        	}
        	if err := run(context.Background()); err != nil {
        		fmt.Fprintln(os.Stderr, err)
        		os.Exit(1)
        	}
        	if err != nil {
        		log.Fatalf("failed: %v", err)
        	}
        	sigs := make(chan os.Signal, 1)
        	signal.Notify(sigs, syscall.SIGINT, syscall.SIGTERM)
        	<-sigs
        }
        type Store struct {
        	mu    sync.Mutex
        	items map[string]int
        }
        func NewStore(name string, size int) *Store {
        	return &Store{
        		name: name,
        		size: size,
        		items: make(map[string]int),
        	}
        }
        func (s *Store) Get(key string) (int, bool) {
        	s.mu.RLock()
        	defer s.mu.RUnlock()
        	v, ok := s.items[key]
        	return v, ok
        }
        func (s *Store) Set(key string, value int) {
        	s.mu.Lock()
        	defer s.mu.Unlock()
        	s.items[key] = value
        }
        func (s *Store) Delete(key string) error {
        	s.mu.Lock()
        	defer s.mu.Unlock()
        	if _, ok := s.items[key]; !ok {
        		return ErrNotFound
        	}
        	delete(s.items, key)
        	return nil
        }
        func (s *Store) Close() error {
        	s.mu.Lock()
        	defer s.mu.Unlock()
        	if s.closed {
        		return nil
        	}
        	s.closed = true
        	return s.conn.Close()
        }
        func (s *Store) Name() string {
        	return s.name
        }
        func (s *Store) String() string {
        	return fmt.Sprintf("store %s: %d", s.name, s.size)
        }
        func (m *Message) GetName() string {
        	if m != nil {
        		return m.Name
        	}
        	return ""
        }
        func (m *Message) GetSize() int32 {
        	if x != nil && x.Size != nil {
        		return *x.Size
        	}
        	return 0
        }
        func (k Kind) String() string {
        	switch k {
        	case First:
        		return "first"
        	case Second:
        		return "second"
        	default:
        		return fmt.Sprintf("unknown (%d)", k)
        	}
        }
        func (a byName) Len() int           { return len(a) }
        func (a byName) Swap(i, j int)      { a[i], a[j] = a[j], a[i] }
        func (a byName) Less(i, j int) bool { return a[i].Name < a[j].Name }
        func equal(a, b []string) bool {
        	if len(a) != len(b) {
        		return false
        	}
        	for i := range a {
        		if a[i] != b[i] {
        			return false
        		}
        	}
        	return true
        }
        func contains(list []string, s string) bool {
        	for _, item := range list {
        		if item == s {
        			return true
        		}
        	}
        	return false
        }
        func load(ctx context.Context, path string) (*Config, error) {
        	f, err := os.Open(path)
        	if err != nil {
        		return nil, err
        	}
        	defer f.Close()
        	data, err := ioutil.ReadAll(f)
        	if err != nil {
        		return nil, fmt.Errorf("failed to read %s: %w", path, err)
        	}
        	var config Config
        	if err := json.Unmarshal(data, &config); err != nil {
        		return nil, fmt.Errorf("failed to parse %s: %w", path, err)
        	}
        	if err := json.NewDecoder(f).Decode(&config); err != nil {
        		return nil, errors.Wrap(err, "decode")
        	}
        	value, err := config.Get(ctx, "name")
        	if err != nil {
        		return nil, err
        	}
        	if err = value.Check(); err != nil {
        		return nil, err
        	}
        	_, err = f.Write(data)
        	if err != nil {
        		return nil, err
        	}
        	if err := f.Close(); err != nil {
        		return nil, err
        	}
        	return &config, nil
        }
        func handle(w http.ResponseWriter, r *http.Request) {
        	if r.Method != http.MethodPost {
        		http.Error(w, "method not allowed", http.StatusMethodNotAllowed)
        		return
        	}
        	body, err := ioutil.ReadAll(r.Body)
        	if err != nil {
        		http.Error(w, err.Error(), http.StatusInternalServerError)
        		return
        	}
        	w.Header().Set("Content-Type", "application/json")
        	w.WriteHeader(http.StatusOK)
        	w.Write(body)
        	if err := json.NewEncoder(w).Encode(body); err != nil {
        		http.Error(w, err.Error(), http.StatusInternalServerError)
        		return
        	}
        }
        func loop(ctx context.Context) error {
        	var wg sync.WaitGroup
        	for i := 0; i < 10; i++ {
        		wg.Add(1)
        		go func() {
        			defer wg.Done()
        			work()
        		}()
        	}
        	wg.Wait()
        	ticker := time.NewTicker(time.Second)
        	defer ticker.Stop()
        	for {
        		select {
        		case <-ctx.Done():
        			return ctx.Err()
        		case <-ticker.C:
        			work()
        		case v, ok := <-ch:
        			if !ok {
        				return nil
        			}
        			results <- v
        		case err := <-errc:
        			return err
        		}
        	}
        }
        func convert(options []interface{}) []string {
        	out := make([]string, len(options))
        	for i, v := range options {
        		out[i] = v.(string)
        	}
        	keys := make([]string, 0, len(m))
        	for k := range m {
        		keys = append(keys, k)
        	}
        	sort.Strings(keys)
        	copied := make(map[string]string, len(m))
        	for k, v := range m {
        		copied[k] = v
        	}
        	for _, option := range options {
        		switch x := option.(type) {
        		case string:
        			out = append(out, x)
        		case int:
        			out = append(out, strconv.Itoa(x))
        		}
        	}
        	return out
        }
        func TestStore(t *testing.T) {
        	tests := []struct {
        		name    string
        		input   string
        		want    string
        		wantErr bool
        	}{
        		{name: "empty", input: "", want: "", wantErr: true},
        		{name: "one", input: "a", want: "b"},
        	}
        	for _, tt := range tests {
        		t.Run(tt.name, func(t *testing.T) {
        			got, err := convert(tt.input)
        			if (err != nil) != tt.wantErr {
        				t.Errorf("convert() error = %v, wantErr %v", err, tt.wantErr)
        				return
        			}
        			if got != tt.want {
        				t.Errorf("convert() = %v, want %v", got, tt.want)
        			}
        			if !reflect.DeepEqual(got, tt.want) {
        				t.Fatalf("got %v, want %v", got, tt.want)
        			}
        		})
        	}
        	for i, tc := range cases {
        		got := run(tc.in)
        		if got != tc.out {
        			t.Errorf("%d: got %q, want %q", i, got, tc.out)
        		}
        	}
        	if err := store.Put("key", value); err != nil {
        		t.Fatal(err)
        	}
        	result, err := store.Get("key")
        	if err != nil {
        		t.Fatal(err)
        	}
        	require.NoError(t, err)
        	assert.NoError(t, err)
        	assert.Equal(t, 1, result.Size)
        	assert.Equal(t, "one", result.Name)
        	assert.Len(t, result.Items, 2)
        	assert.Len(t, result.Others, 1)
        	assert.Nil(t, err)
        	assert.Equal(t, "two", result.Value())
        }
        func (s *Store) Label(group string, key string, value string) (string, error) {
        	s.mu.Lock()
        	defer s.mu.Unlock()
        	items, ok := s.groups[group]
        	if !ok {
        		items = map[string]string{}
        		s.groups[group] = items
        	}
        	items[key] = value
        	return items[key], nil
        }
        func (s *failingStore) Open(name string) (File, error)              { return nil, s.err }
        func (s *failingStore) OpenFile(string, int, FileMode) (File, error) { return nil, s.err }
        func (s *failingStore) ReadLink(name string) (string, error)        { return "", s.err }
        func (s *failingStore) Remove(name string) error                    { return s.err }
        func (s *failingStore) RemoveAll(name string) error                 { return s.err }
        func (fake *FakeStore) FindCallCount() int {
        	fake.findMutex.RLock()
        	defer fake.findMutex.RUnlock()
        	return len(fake.findArgsForCall)
        }
        func (fake *FakeStore) FindArgsForCall(i int) string {
        	fake.findMutex.RLock()
        	defer fake.findMutex.RUnlock()
        	argsForCall := fake.findArgsForCall[i]
        	return argsForCall.arg1
        }
        func (fake *FakeStore) MoveArgsForCall(i int) (string, string) {
        	fake.moveMutex.RLock()
        	defer fake.moveMutex.RUnlock()
        	argsForCall := fake.moveArgsForCall[i]
        	return argsForCall.arg1, argsForCall.arg2
        }
        func (fake *FakeStore) FindReturns(result1 error) {
        	fake.findMutex.Lock()
        	defer fake.findMutex.Unlock()
        	fake.FindStub = nil
        	fake.findReturns = struct {
        		result1 error
        	}{result1}
        }
        func (o *Object) setInfo(info *api.Info) {
        	o.url = info.URL
        	o.id = info.ID
        	o.size = -1
        	o.name = info.Name
        	o.updated = info.Updated
        }
        s, err := server.Start(context.Background(), &flags.Options)
        if err != nil {
        	log.Fatalf("cannot start: %v", err)
        }
        """#
}
